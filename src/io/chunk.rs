//! Bytes for a decoder that reads here and there.

use std::fs::File;
use std::io::Read;

/// Bytes to read here and there.
pub(super) enum Chunk {
    /// Held in memory.
    Memory(bytes::Bytes),
    /// In a file.
    File(File),
}

impl parquet::file::reader::Length for Chunk {
    fn len(&self) -> u64 {
        match self {
            Chunk::Memory(bytes) => bytes.len() as u64,
            Chunk::File(file) => parquet::file::reader::Length::len(file),
        }
    }
}

impl parquet::file::reader::ChunkReader for Chunk {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Box<dyn Read>> {
        Ok(match self {
            Chunk::Memory(bytes) => Box::new(bytes.get_read(start)?),
            Chunk::File(file) => Box::new(file.get_read(start)?),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<bytes::Bytes> {
        match self {
            Chunk::Memory(bytes) => bytes.get_bytes(start, length),
            Chunk::File(file) => file.get_bytes(start, length),
        }
    }
}
