//! The classes' members: a table a class, of the methods that can be called and what they do.
//!
//! A property is a method without parameters: `x.size` reads `getSize()`, `isSize()` or `size()`, the first that there is
//! (Spring's `ReflectivePropertyAccessor`). Methods whose results are not of an allowed class are not in the tables
//! (upstream's `FilteredMethodResolver` and `ReturnTypeRestrictor`): `Map.get` gives an `Object`, so it cannot be called.
//!
//! A line of a table reads as Java's signature does, and an overload that the original would consider is there even if
//! nobody wants it: two that fit equally well are an error there, and so they are here. Bodies are Java's: text is UTF-16,
//! whole numbers wrap around, and where Java throws there is an [`Error::thrown`](crate::Error::thrown). What makes much
//! is charged before it is made.

mod arguments;
mod big_integer;
mod boolean;
mod byte;
mod character;
mod date;
mod double;
mod enums;
mod execution_status;
mod float;
mod format;
pub(crate) mod hash;
mod hexadecimal;
mod instant;
mod integer;
mod iso;
mod list;
mod local_date;
mod local_date_time;
mod long;
mod map;
pub(crate) mod math;
pub(crate) mod natural;
mod number;
mod object;
mod radix;
mod random;
mod set;
mod short;
mod simple_date_format;
mod string;
mod url_encoder;
mod uuid;
mod week;
mod zone;

use crate::{
    class::{Class, Element, Primitive, Type},
    cost,
    method::{Invoke, Method},
};

/// The methods that can be called on values of a type: its own, the static ones, and those that every object has.
pub(crate) fn instance_methods(kind: Type) -> impl Iterator<Item = &'static Method> {
    let (own, statics): (&[Method], &[Method]) = match kind {
        Type::Class(class) => (of_objects(class), of_class(class)),
        Type::Primitive(_) | Type::Array(_) => (&[], &[]),
    };
    let inherited: &[Method] = match kind {
        Type::Class(class) if class.is_a(Class::Number) => number::METHODS,
        _ => &[],
    };
    own.iter().chain(statics).chain(inherited).chain(object::methods(kind))
}

/// The static methods of a class.
pub(crate) fn static_methods(class: Class) -> impl Iterator<Item = &'static Method> {
    of_class(class).iter()
}

/// The constructors of a class.
pub(crate) fn constructors(class: Class) -> impl Iterator<Item = &'static Method> {
    let constructors: &[Method] = match class {
        Class::Boolean => boolean::CONSTRUCTORS,
        Class::Byte => byte::CONSTRUCTORS,
        Class::Integer => integer::CONSTRUCTORS,
        Class::Long => long::CONSTRUCTORS,
        Class::Double => double::CONSTRUCTORS,
        Class::String => string::CONSTRUCTORS,
        Class::Date => date::CONSTRUCTORS,
        Class::SimpleDateFormat => simple_date_format::CONSTRUCTORS,
        Class::Random => random::CONSTRUCTORS,
        Class::Uuid => uuid::CONSTRUCTORS,
        _ => &[],
    };
    constructors.iter()
}

/// Methods of a class's objects.
fn of_objects(class: Class) -> &'static [Method] {
    match class {
        Class::Boolean => boolean::METHODS,
        Class::Byte => byte::METHODS,
        Class::Short => short::METHODS,
        Class::Integer => integer::METHODS,
        Class::Long => long::METHODS,
        Class::BigInteger => big_integer::METHODS,
        Class::Float => float::METHODS,
        Class::Double => double::METHODS,
        Class::Character => character::METHODS,
        Class::String => string::METHODS,
        Class::ArrayList => list::METHODS,
        Class::LinkedHashSet => set::METHODS,
        Class::LinkedHashMap => map::METHODS,
        Class::ExecutionStatus => execution_status::METHODS,
        Class::Date => date::METHODS,
        Class::SimpleDateFormat => simple_date_format::METHODS,
        Class::Random => random::METHODS,
        Class::Uuid => uuid::METHODS,
        Class::LocalDate => local_date::METHODS,
        Class::LocalDateTime => local_date_time::METHODS,
        Class::Instant => instant::METHODS,
        Class::DayOfWeek => enums::DAY_OF_WEEK,
        Class::ChronoUnit => enums::CHRONO_UNIT,
        _ => &[],
    }
}

/// Static methods of a class.
fn of_class(class: Class) -> &'static [Method] {
    match class {
        Class::Boolean => boolean::STATIC,
        Class::Byte => byte::STATIC,
        Class::Short => short::STATIC,
        Class::Integer => integer::STATIC,
        Class::Long => long::STATIC,
        Class::Float => float::STATIC,
        Class::Double => double::STATIC,
        Class::Character => character::STATIC,
        Class::Math => math::STATIC,
        Class::String => string::STATIC,
        Class::ExecutionStatus => execution_status::STATIC,
        Class::Date => date::STATIC,
        Class::UrlEncoder => url_encoder::STATIC,
        Class::Uuid => uuid::STATIC,
        Class::LocalDate => local_date::STATIC,
        Class::LocalDateTime => local_date_time::STATIC,
        Class::Instant => instant::STATIC,
        Class::DayOfWeek => enums::DAY_OF_WEEK_STATIC,
        Class::ChronoUnit => enums::CHRONO_UNIT_STATIC,
        _ => &[],
    }
}

/// The constants of an enum, in order.
pub(crate) fn constants(class: Class) -> &'static [&'static str] {
    match class {
        Class::DayOfWeek => &["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
        Class::Month => &[
            "JANUARY",
            "FEBRUARY",
            "MARCH",
            "APRIL",
            "MAY",
            "JUNE",
            "JULY",
            "AUGUST",
            "SEPTEMBER",
            "OCTOBER",
            "NOVEMBER",
            "DECEMBER",
        ],
        Class::ChronoUnit => &[
            "NANOS",
            "MICROS",
            "MILLIS",
            "SECONDS",
            "MINUTES",
            "HOURS",
            "HALF_DAYS",
            "DAYS",
            "WEEKS",
            "MONTHS",
            "YEARS",
            "DECADES",
            "CENTURIES",
            "MILLENNIA",
            "ERAS",
            "FOREVER",
        ],
        Class::ExecutionStatus => execution_status::CONSTANTS,
        _ => &[],
    }
}

/// The constant of that name.
pub(crate) fn constant(class: Class, name: &str) -> Option<&'static str> {
    constants(class).iter().find(|constant| **constant == name).copied()
}

const BOOLEAN: Type = Type::Primitive(Primitive::Boolean);
const BYTE: Type = Type::Primitive(Primitive::Byte);
const SHORT: Type = Type::Primitive(Primitive::Short);
const INT: Type = Type::Primitive(Primitive::Int);
const LONG: Type = Type::Primitive(Primitive::Long);
const FLOAT: Type = Type::Primitive(Primitive::Float);
const DOUBLE: Type = Type::Primitive(Primitive::Double);
const CHAR: Type = Type::Primitive(Primitive::Char);
const OBJECT: Type = Type::Class(Class::Object);
const STRING: Type = Type::Class(Class::String);
const CHAR_SEQUENCE: Type = Type::Class(Class::CharSequence);
const COLLECTION: Type = Type::Class(Class::Collection);
const ITERABLE: Type = Type::Class(Class::Iterable);
const MAP: Type = Type::Class(Class::Map);
const LOCALE: Type = Type::Class(Class::Locale);
const DATE: Type = Type::Class(Class::Date);
const INSTANT: Type = Type::Class(Class::Instant);
const CHRONO_LOCAL_DATE: Type = Type::Class(Class::ChronoLocalDate);
const CHRONO_LOCAL_DATE_TIME: Type = Type::Class(Class::ChronoLocalDateTime);
const MONTH: Type = Type::Class(Class::Month);
const TEMPORAL_ACCESSOR: Type = Type::Class(Class::TemporalAccessor);
const TEMPORAL_UNIT: Type = Type::Class(Class::TemporalUnit);
const ZONE_ID: Type = Type::Class(Class::ZoneId);
const ZONE_OFFSET: Type = Type::Class(Class::ZoneOffset);
const CHARSET: Type = Type::Class(Class::Charset);
const BYTES: Type = Type::Array(Element::Primitive(Primitive::Byte));
const CHARS: Type = Type::Array(Element::Primitive(Primitive::Char));
const INTS: Type = Type::Array(Element::Primitive(Primitive::Int));
const OBJECTS: Type = Type::Array(Element::Class(Class::Object));
const CHAR_SEQUENCES: Type = Type::Array(Element::Class(Class::CharSequence));

const fn method(name: &'static str, parameters: &'static [Type], invoke: Invoke) -> Method {
    Method { name, parameters, varargs: false, invoke }
}

/// A method whose last parameter takes any number of arguments.
const fn variadic(name: &'static str, parameters: &'static [Type], invoke: Invoke) -> Method {
    Method { name, parameters, varargs: true, invoke }
}

const fn constructor(parameters: &'static [Type], invoke: Invoke) -> Method {
    method("new", parameters, invoke)
}

#[cfg(test)]
mod tests;
