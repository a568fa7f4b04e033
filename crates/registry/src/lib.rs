//! The registry format, the storage port and the commit protocol.
