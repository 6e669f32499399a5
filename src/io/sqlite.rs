//! An SQLite database of somebody else's, opened to be read and nothing else.
//!
//! It is opened as immutable, so that no lock is taken and no file appears
//! beside it. Views, triggers, virtual tables and computed columns are not
//! run; values, and the work that it may ask for, have limits.

use super::ReadError;
use super::open::{read_error, unpacked};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Params, Row};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The first bytes of a database.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// Most bytes of a value or a row.
const MOST_BYTES: i32 = 64 << 20;
/// Steps of SQLite's machine that any file may ask for, and more for each of its
/// bytes: the checks and the reading of short rows and of empty cells take some five.
const FEW_STEPS: u64 = 20_000_000;
const STEPS_A_BYTE: u64 = 20;
/// Steps between two looks at how many there were.
const STEPS_A_LOOK: i32 = 10_000;

/// A database that is open.
pub(super) struct Database {
    connection: Connection,
    name: String,
    /// Goes with it where it is a copy.
    _copy: Option<NamedTempFile>,
}

impl Database {
    /// Opens a file; `name` stands for it in messages.
    ///
    /// # Errors
    /// When changes to it wait in a file beside it, and when it is no database.
    pub(super) fn of_file(name: &str, path: &Path) -> Result<Database, ReadError> {
        refuse_waiting(name, path)?;
        Database::open(name, path)
    }

    /// Opens a copy of some bytes, in a temporary file.
    ///
    /// # Errors
    /// When there is no room for it, and when it is no database.
    pub(super) fn of_bytes(name: &str, mut from: impl Read) -> Result<Database, ReadError> {
        let no_room = |e: std::io::Error| unpacked(name, &e);
        let mut copy = NamedTempFile::new().map_err(no_room)?;
        std::io::copy(&mut from, &mut copy).map_err(no_room)?;
        copy.flush().map_err(no_room)?;
        let path = copy.path().to_owned();
        let database = Database::open(name, &path)?;
        Ok(Database { _copy: without_name(copy), ..database })
    }

    fn open(name: &str, path: &Path) -> Result<Database, ReadError> {
        let failed = |e: std::io::Error| read_error(name, &e);
        let size = std::fs::metadata(path).map_err(failed)?.len();
        let uri = address(&std::path::absolute(path).map_err(failed)?)
            .ok_or_else(|| ReadError::new(name, "SQLite cannot open a file of this name"))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let guarded = || {
            let mut connection = Connection::open_with_flags(uri, flags)?;
            guard(&mut connection, size)?;
            Ok(connection)
        };
        let connection = guarded().map_err(|e| damaged(name, &e))?;
        Ok(Database { connection, name: name.to_owned(), _copy: None })
    }

    /// What stands for it in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Hands over each row of a query.
    ///
    /// # Errors
    /// When the file is damaged, and what `each` says.
    pub(super) fn rows(
        &self,
        query: &str,
        parameters: impl Params,
        mut each: impl FnMut(&Row<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let damaged = |e: rusqlite::Error| damaged(&self.name, &e);
        let mut statement = self.connection.prepare(query).map_err(damaged)?;
        let mut rows = statement.query(parameters).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            each(row)?;
        }
        Ok(())
    }

    /// The first columns of each row of a query as text; what is none is empty.
    ///
    /// # Errors
    /// When the file is damaged.
    pub(super) fn texts<const N: usize>(
        &self,
        query: &str,
        parameters: impl Params,
    ) -> Result<Vec<[String; N]>, ReadError> {
        let mut found = Vec::new();
        self.rows(query, parameters, |row| {
            found.push(std::array::from_fn(|i| row.get_ref(i).map_or(String::new(), text_of)));
            Ok(())
        })?;
        Ok(found)
    }

    /// Whether it has such a table, one that holds its rows itself and whose pages
    /// hang together.
    ///
    /// # Errors
    /// When they do not, and when there is a view or a virtual table of the name,
    /// whose query or module would have to be run.
    pub(super) fn has_table(&self, table: &str) -> Result<bool, ReadError> {
        let query = "SELECT type, sql FROM sqlite_schema \
                     WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')";
        let found = self.texts::<2>(query, [table])?;
        let Some([kind, made]) = found.first() else { return Ok(false) };
        // SQLite writes these words itself.
        if kind == "table" && made.starts_with("CREATE TABLE") {
            self.refuse_computed(table)?;
            return self.check(table).map(|()| true);
        }
        let table = super::Reject::cut(table);
        let message = format!("`{table}` is a view or a virtual table, whose query is not run");
        Err(ReadError::new(&self.name, message)
            .hint("save it as a table: ogr2ogr OUT.gpkg THIS_FILE NAME"))
    }

    /// Refuses a table with columns that SQLite would have to compute, as the check
    /// of its pages and every condition on them do: a formula may ask for any work.
    fn refuse_computed(&self, table: &str) -> Result<(), ReadError> {
        let query = "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 0";
        let computed = self.texts::<1>(query, [table])?;
        let Some([column]) = computed.first() else { return Ok(()) };
        let [table, column] = [table, column].map(super::Reject::cut);
        let message =
            format!("column `{column}` of `{table}` is computed, and its formula not run");
        Err(ReadError::new(&self.name, message)
            .hint("save it as plain columns: ogr2ogr OUT.gpkg THIS_FILE"))
    }

    /// Makes sure that the pages of a table hang together. What is said of single
    /// values, as of a number where the column is of text, is no matter of pages.
    fn check(&self, table: &str) -> Result<(), ReadError> {
        let faults = self.texts::<1>(&format!("PRAGMA quick_check({})", quoted(table)), [])?;
        match faults.iter().find(|[fault]| fault != "ok" && !fault.contains(" value in ")) {
            Some([fault]) => Err(torn(&self.name, fault)),
            None => Ok(()),
        }
    }
}

/// Refuses a file whose last changes wait in another beside it: without them it
/// is an old one, or half of a new one.
///
/// # Errors
/// When there is such a file.
pub(super) fn refuse_waiting(name: &str, path: &Path) -> Result<(), ReadError> {
    for what in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(what);
        if std::fs::metadata(PathBuf::from(beside)).is_ok_and(|meta| meta.len() > 0) {
            let message = format!("changes to it wait in a file beside it ({what})");
            return Err(ReadError::new(name, message)
                .hint("close the program that has it open, or open and save it in QGIS"));
        }
    }
    Ok(())
}

/// Takes the name from a temporary file that SQLite has open, so that nothing stays
/// behind when the run is killed; where a file needs its name it is kept.
pub(super) fn without_name(file: NamedTempFile) -> Option<NamedTempFile> {
    if cfg!(unix) {
        drop(file);
        return None;
    }
    Some(file)
}

/// Switches off what a file could have SQLite do, and sets the limits.
fn guard(connection: &mut Connection, size: u64) -> rusqlite::Result<()> {
    let most = size.saturating_mul(STEPS_A_BYTE).saturating_add(FEW_STEPS);
    let mut looks = most / STEPS_A_LOOK as u64;
    let count = move || {
        looks = looks.saturating_sub(1);
        looks == 0
    };
    connection.progress_handler(STEPS_A_LOOK, Some(count))?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MOST_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(setting, on)?;
    }
    connection.execute_batch(
        "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; \
         PRAGMA ignore_check_constraints = ON; PRAGMA temp_store = MEMORY;",
    )
}

/// A name as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value as text; bytes that are no text of any encoding are none.
pub(super) fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The error about a file that is damaged as SQLite sees it.
pub(super) fn damaged(name: &str, error: &rusqlite::Error) -> ReadError {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::OperationInterrupted) => {
            ReadError::new(name, "asks for more work than a file of its size can need")
                .hint("save it again with QGIS or ogr2ogr")
        }
        Some(Code::TooBig) => {
            let mebibytes = MOST_BYTES >> 20;
            let message = format!("a value is larger than the limit of {mebibytes} MiB");
            ReadError::new(name, message).hint("leave out large columns: ogr2ogr -select")
        }
        _ => torn(name, &error.to_string()),
    }
}

/// The error about a file that is damaged.
pub(super) fn torn(name: &str, what: &str) -> ReadError {
    let what = super::Reject::cut(&super::on_one_line(what));
    ReadError::new(name, format!("cannot be read as SQLite: {what}"))
        .hint("was the download cut off, or is it still being written?")
}

/// The address of a file, in which any name is safe (sqlite.org/uri.html).
fn address(path: &Path) -> Option<String> {
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec();
    #[cfg(not(unix))]
    let bytes = format!("/{}", path.to_str()?.replace('\\', "/")).into_bytes();
    let mut uri = String::from("file://");
    for byte in bytes {
        if byte == 0 {
            return None;
        }
        if byte.is_ascii_alphanumeric() || b"/.-_~:".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    Some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(statements: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?%41#ä.gpkg");
        Connection::open(&path).unwrap().execute_batch(statements).unwrap();
        (folder, path)
    }

    /// Also one in write-ahead mode, whose reader would else make two files.
    #[test]
    fn any_name_is_opened_and_nothing_appears_beside_it() {
        let (folder, path) =
            database("PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES('x')");
        let before = std::fs::read(&path).unwrap();
        let database = Database::of_file("n", &path).unwrap();
        assert_eq!(database.texts::<1>("SELECT a FROM t", []).unwrap(), [["x".to_owned()]]);
        assert!(database.has_table("T").unwrap() && !database.has_table("u").unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read(&path).unwrap(), before);
        let mut wal = path.clone().into_os_string();
        wal.push("-wal");
        std::fs::write(wal, "x").unwrap();
        assert!(Database::of_file("n", &path).err().unwrap().message.contains("-wal"));
    }

    #[test]
    fn what_would_be_run_is_refused() {
        let (_folder, path) = database(
            "CREATE TABLE t(a); CREATE VIEW v AS SELECT * FROM t; \
             CREATE VIRTUAL TABLE r USING rtree(i, a, b);",
        );
        let database = Database::of_file("n", &path).unwrap();
        for name in ["v", "r"] {
            assert!(database.has_table(name).unwrap_err().message.contains("not run"), "{name}");
        }
        assert!(database.texts::<1>("SELECT * FROM v", []).is_err());
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                       SELECT count(*) FROM n";
        let error = database.texts::<1>(endless, []).unwrap_err();
        assert!(error.message.contains("more work"), "{error}");
    }
}
