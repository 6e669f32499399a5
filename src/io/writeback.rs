//! [`Writeback`]: has the disk begin with a long file before its end, so that
//! little is left to wait for.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Bytes after which the disk is set to work.
const STRETCH: usize = 32 << 20;

/// A thread that has what was written so far brought to the disk.
#[derive(Default)]
pub(super) struct Writeback {
    /// Bytes written since it was last told.
    waiting: usize,
    disk: Option<(SyncSender<()>, JoinHandle<io::Result<()>>)>,
}

impl Writeback {
    /// Takes note of bytes that were written to the file, always the same one.
    pub(super) fn wrote(&mut self, file: &File, bytes: usize) {
        self.waiting += bytes;
        if self.waiting < STRETCH {
            return;
        }
        self.waiting = 0;
        if self.disk.is_none() {
            // Without it all is left for the end.
            self.disk = begin(file);
        }
        if let Some((tell, _)) = &self.disk {
            // While it is at work it need not be told again.
            let _ = tell.try_send(());
        }
    }

    /// Lets the thread end.
    ///
    /// # Errors
    /// What the disk answered; an operating system may tell it only once.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let Some((tell, disk)) = self.disk.take() else { return Ok(()) };
        drop(tell);
        disk.join().unwrap_or(Ok(()))
    }
}

impl Drop for Writeback {
    fn drop(&mut self) {
        // The file's lock is held as long as the thread has the file.
        let _ = self.end();
    }
}

fn begin(file: &File) -> Option<(SyncSender<()>, JoinHandle<io::Result<()>>)> {
    let file = file.try_clone().ok()?;
    let (tell, told) = sync_channel(1);
    let work = move || told.iter().try_for_each(|()| file.sync_data());
    Some((tell, Builder::new().name("writeback".to_owned()).spawn(work).ok()?))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::fd::OwnedFd;

    #[test]
    fn what_the_disk_answers_is_not_lost() {
        let mut writeback = Writeback::default();
        let file = tempfile::tempfile().unwrap();
        writeback.wrote(&file, STRETCH - 1);
        assert!(writeback.disk.is_none());
        writeback.wrote(&file, 1);
        assert!(writeback.disk.is_some() && writeback.end().is_ok());
        // A pipe cannot be synced.
        let (_reader, writer) = std::io::pipe().unwrap();
        writeback.wrote(&File::from(OwnedFd::from(writer)), STRETCH);
        assert!(writeback.end().is_err() && writeback.end().is_ok());
    }
}
