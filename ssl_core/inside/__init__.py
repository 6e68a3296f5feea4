"""Looking inside one step of training: the step itself, traced, and what each of its pictures goes through."""
