"""What makes pictures: networks that learn a set of pictures and then make others like them."""
