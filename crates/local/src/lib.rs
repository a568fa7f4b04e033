//! The embedded registry: an S3 server on loopback over a folder.
