"""An entry goes to another unit when the other side accepts it."""
