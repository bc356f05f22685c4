"""Spanish as it is written in schools of the United States and of Central America."""
