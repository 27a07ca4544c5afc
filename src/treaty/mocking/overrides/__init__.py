"""What a project says of its mock's answers: the files of `mocks/`."""
