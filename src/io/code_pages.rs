//! How the bytes of an attribute table become text: what `encoding_rs` knows,
//! and the code pages of DOS that it does not (437, 850 and 852, as Unicode's
//! mapping tables VENDORS/MICSFT/PC have them).

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// A code page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodePage {
    /// One of the WHATWG's.
    Known(&'static Encoding),
    /// One of DOS: its name, and the letters of its upper 128 bytes.
    Dos(&'static str, &'static str),
}

impl CodePage {
    /// UTF-8.
    pub(super) const UTF_8: CodePage = CodePage::Known(UTF_8);
    /// Windows-1252.
    pub(super) const WINDOWS_1252: CodePage = CodePage::Known(WINDOWS_1252);

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            CodePage::Known(encoding) => encoding.name(),
            CodePage::Dos(name, _) => name,
        }
    }

    /// Bytes as text; what the page does not have as U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            CodePage::Known(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            CodePage::Dos(_, upper) => {
                let letter = |&byte: &u8| match byte {
                    0..0x80 => char::from(byte),
                    _ => upper.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}'),
                };
                bytes.iter().map(letter).collect()
            }
        }
    }

    /// By what people and programs write into a `.cpg`.
    pub(super) fn by_label(label: &str) -> Option<CodePage> {
        let upper = label.to_ascii_uppercase();
        let digits: String = upper.chars().filter(char::is_ascii_digit).collect();
        let words: String = upper.chars().filter(char::is_ascii_alphabetic).collect();
        let is_number =
            matches!(words.as_str(), "" | "CP" | "ANSI" | "WINDOWS" | "OEM" | "IBM" | "DOS");
        if is_number {
            let known = match digits.as_str() {
                "437" => return Some(CodePage::Dos("IBM437", IBM437)),
                "850" => return Some(CodePage::Dos("IBM850", IBM850)),
                "852" => return Some(CodePage::Dos("IBM852", IBM852)),
                "65001" => "utf-8".to_owned(),
                "866" => "ibm866".to_owned(),
                "874" => "windows-874".to_owned(),
                "932" => "shift_jis".to_owned(),
                "936" => "gbk".to_owned(),
                "949" => "euc-kr".to_owned(),
                "950" => "big5".to_owned(),
                other if other.starts_with("125") => format!("windows-{other}"),
                _ => String::new(),
            };
            if let Some(encoding) = Encoding::for_label(known.as_bytes()) {
                return Some(CodePage::Known(encoding));
            }
        }
        let label = match digits.strip_prefix("8859").filter(|part| !part.is_empty()) {
            Some(part) if matches!(words.as_str(), "" | "ISO") => format!("iso-8859-{part}"),
            _ => upper,
        };
        Encoding::for_label(label.as_bytes())
            .filter(|e| e.is_ascii_compatible())
            .map(CodePage::Known)
    }

    /// By the language driver byte of a `.dbf`'s header.
    pub(super) fn by_language_driver(byte: u8) -> Option<CodePage> {
        CodePage::by_label(match byte {
            0x01 => "437",
            0x02 => "850",
            0x64 => "852",
            0x03 | 0x57 | 0x58 | 0x59 => "1252",
            0x13 | 0x7b => "932",
            0x4d | 0x7a => "936",
            0x4e | 0x79 => "949",
            0x4f | 0x78 => "950",
            0x65 => "866",
            0x7c => "874",
            0x7d => "1255",
            0x7e => "1256",
            0xc8 => "1250",
            0xc9 => "1251",
            0xca => "1254",
            0xcb => "1253",
            _ => return None,
        })
    }
}

/// The code page that a word of `--dbf-encoding` names.
///
/// # Errors
/// What is wrong, and examples.
pub(super) fn code_page_named(label: &str) -> Result<CodePage, (String, String)> {
    CodePage::by_label(label.trim()).ok_or_else(|| {
        (
            format!("`{label}` is not a code page that is known here"),
            "for example utf-8, windows-1252, windows-1256, 850".to_owned(),
        )
    })
}

const IBM437: &str = "\
     ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
     áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
     └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
     αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const IBM850: &str = "\
     ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
     áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
     └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
     ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
const IBM852: &str = "\
     ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
     áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
     └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
     ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_drivers() {
        let name = |label: &str| CodePage::by_label(label).map(CodePage::name);
        for (label, found) in [
            ("UTF-8", "UTF-8"),
            ("65001", "UTF-8"),
            ("1252", "windows-1252"),
            ("ANSI 1256", "windows-1256"),
            ("CP850", "IBM850"),
            ("ISO 8859-1", "windows-1252"),
            ("88592", "ISO-8859-2"),
            ("big5", "Big5"),
        ] {
            assert_eq!(name(label), Some(found), "{label}");
        }
        assert_eq!(["", "<html>", "utf-16le", "LDID/87"].map(name), [None; 4]);
        let driver = |byte| CodePage::by_language_driver(byte).map(CodePage::name);
        assert_eq!([0x02, 0x7e].map(driver), [Some("IBM850"), Some("windows-1256")]);
        assert_eq!(driver(0), None);
    }

    /// Every page has 128 letters; letters and places of Unicode's tables.
    #[test]
    fn pages_of_dos() {
        for page in [IBM437, IBM850, IBM852] {
            assert_eq!(page.chars().count(), 128);
        }
        let text = |label: &str| CodePage::by_label(label).unwrap().decode(b"a\x80\x9d\xb5\xff");
        assert_eq!(text("437"), "aÇ¥╡\u{a0}");
        assert_eq!(text("850"), "aÇØÁ\u{a0}");
        assert_eq!(text("852"), "aÇŁÁ\u{a0}");
    }
}
