<<<<<<< HEAD
"""What makes pictures: networks that learn a set of pictures and then make others like them."""
=======
"""Makers of pictures: networks that learn what pictures look like, and what their pictures are worth."""
>>>>>>> vae
