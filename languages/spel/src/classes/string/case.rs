//! `toUpperCase` and `toLowerCase`, in the languages that have their own letters.

use crate::{Error, Value, method::Call};

/// A language whose letters change case in their own way. Lithuanian's rules are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// All others.
    Root,
    /// Turkish and Azeri: a dotted and a dotless i.
    Turkic,
}

/// The language of a locale such as `tr_TR` or `en-US`.
///
/// # Errors
/// It has other characters than letters, digits and what stands between them (Spring's `StringUtils.parseLocale`).
pub(super) fn language(locale: &str) -> Result<Language, Error> {
    if locale.is_empty() || !locale.chars().all(|letter| letter.is_alphanumeric() || " _-#".contains(letter)) {
        return Err(Error::thrown(format!("'{locale}' is no locale, such as en_US")));
    }
    let language = locale.split(['_', '-']).next().unwrap_or("");
    let turkic = ["tr", "az"].iter().any(|own| own.eq_ignore_ascii_case(language));
    Ok(if turkic { Language::Turkic } else { Language::Root })
}

/// `toUpperCase`.
pub(super) fn upper<'a>(call: Call<'_, 'a>, language: Language) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    if language == Language::Root && text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Ok(call.this.clone());
    }
    // One character becomes up to three.
    call.evaluation.charge(text.len() * 3)?;
    Ok(Value::text(match language {
        Language::Root => text.to_uppercase(),
        Language::Turkic => text.replace('i', "\u{130}").to_uppercase(),
    }))
}

/// `toLowerCase`.
pub(super) fn lower<'a>(call: Call<'_, 'a>, language: Language) -> Result<Value<'a>, Error> {
    let text = call.this_text()?;
    if language == Language::Root && text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(call.this.clone());
    }
    call.evaluation.charge(text.len() * 3)?;
    Ok(Value::text(match language {
        Language::Root => text.to_lowercase(),
        Language::Turkic => {
            text.replace("I\u{307}", "i").replace('I', "\u{131}").replace('\u{130}', "i").to_lowercase()
        }
    }))
}
