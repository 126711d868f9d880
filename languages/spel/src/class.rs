//! Java's classes, as far as an expression can meet them.
//!
//! Which class may be named in `T(...)` or made by `new` is upstream's allow list (`InstantiationTypeRestrictor`); what a
//! method may return is that list, the primitive types and the collections (`ReturnTypeRestrictor`, the constructor of
//! `ExpressionsSupport`, `PipelineExpressionEvaluator`). Everything else cannot be reached.

/// A Java type: of a parameter, or of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// A primitive.
    Primitive(Primitive),
    /// A class or interface.
    Class(Class),
    /// An array.
    Array(Element),
}

/// What an array's elements are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// Primitives.
    Primitive(Primitive),
    /// Objects.
    Class(Class),
}

/// Java's primitive types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `boolean`
    Boolean,
    /// `byte`
    Byte,
    /// `short`
    Short,
    /// `int`
    Int,
    /// `long`
    Long,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `char`
    Char,
}

impl Primitive {
    const ALL: [(&'static str, Primitive, Class); 8] = [
        ("boolean", Primitive::Boolean, Class::Boolean),
        ("byte", Primitive::Byte, Class::Byte),
        ("short", Primitive::Short, Class::Short),
        ("int", Primitive::Int, Class::Integer),
        ("long", Primitive::Long, Class::Long),
        ("float", Primitive::Float, Class::Float),
        ("double", Primitive::Double, Class::Double),
        ("char", Primitive::Char, Class::Character),
    ];

    /// The one of that name, in any letter case (Spring's `TypeCode.forName`).
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(own, ..)| own.eq_ignore_ascii_case(name)).map(|(_, primitive, _)| *primitive)
    }

    /// Its name in Java.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// The class of its boxed values.
    pub fn boxed(self) -> Class {
        Self::ALL[self as usize].2
    }
}

macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident = $name:literal $($nameable:ident)?;)*) => {
        /// A class or interface, by the name that Java gives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Class {
            $($(#[$doc])* $class,)*
        }

        impl Class {
            /// Its full name.
            pub fn name(self) -> &'static str {
                match self { $(Class::$class => $name,)* }
            }

            /// Those that `T(...)` and `new` may name.
            pub(crate) const NAMEABLE: &'static [Class] = &[$($(classes!(@$nameable $class),)?)*];
        }
    };
    (@nameable $class:ident) => { Class::$class };
}

classes! {
    /// Above all.
    Object = "java.lang.Object";
    /// Numbers.
    Number = "java.lang.Number";
    /// What has an order.
    Comparable = "java.lang.Comparable";
    /// Text.
    CharSequence = "java.lang.CharSequence";
    /// Boxed `boolean`.
    Boolean = "java.lang.Boolean" nameable;
    /// Boxed `byte`.
    Byte = "java.lang.Byte" nameable;
    /// Boxed `short`.
    Short = "java.lang.Short";
    /// Boxed `int`.
    Integer = "java.lang.Integer" nameable;
    /// Boxed `long`.
    Long = "java.lang.Long" nameable;
    /// Whole numbers of any size.
    BigInteger = "java.math.BigInteger";
    /// Boxed `float`.
    Float = "java.lang.Float";
    /// Boxed `double`.
    Double = "java.lang.Double" nameable;
    /// Boxed `char`.
    Character = "java.lang.Character";
    /// Strings.
    String = "java.lang.String" nameable;
    /// Functions on numbers.
    Math = "java.lang.Math" nameable;
    /// What can be looped over.
    Iterable = "java.lang.Iterable";
    /// Lists and sets.
    Collection = "java.util.Collection";
    /// Lists.
    List = "java.util.List";
    /// The class of lists.
    ArrayList = "java.util.ArrayList";
    /// Sets.
    Set = "java.util.Set";
    /// The class of sets.
    LinkedHashSet = "java.util.LinkedHashSet";
    /// Maps.
    Map = "java.util.Map";
    /// The class of maps.
    LinkedHashMap = "java.util.LinkedHashMap";
    /// A key and its value.
    Entry = "java.util.LinkedHashMap$Entry";
    /// Types themselves.
    Class = "java.lang.Class";
    /// Languages and countries.
    Locale = "java.util.Locale";
    /// Time zones, as parameters.
    ZoneId = "java.time.ZoneId";
    /// Fixed distances from UTC, as parameters.
    ZoneOffset = "java.time.ZoneOffset";
    /// Character encodings.
    Charset = "java.nio.charset.Charset";
    /// Moments.
    Date = "java.util.Date" nameable;
    /// Moments as text and back.
    SimpleDateFormat = "java.text.SimpleDateFormat" nameable;
    /// Random numbers.
    Random = "java.util.Random" nameable;
    /// Universally unique ids.
    Uuid = "java.util.UUID" nameable;
    /// Dates without a time.
    LocalDate = "java.time.LocalDate" nameable;
    /// Dates with a time, without a zone.
    LocalDateTime = "java.time.LocalDateTime" nameable;
    /// Days of the week.
    DayOfWeek = "java.time.DayOfWeek" nameable;
    /// Months of the year.
    Month = "java.time.Month";
    /// Moments.
    Instant = "java.time.Instant" nameable;
    /// Units of time.
    ChronoUnit = "java.time.temporal.ChronoUnit" nameable;
    /// Units of time, as parameters.
    TemporalUnit = "java.time.temporal.TemporalUnit";
    /// What a date is made from, as a parameter.
    TemporalAccessor = "java.time.temporal.TemporalAccessor";
    /// What has a date, as a parameter.
    ChronoLocalDate = "java.time.chrono.ChronoLocalDate";
    /// What has a date and time, as a parameter.
    ChronoLocalDateTime = "java.time.chrono.ChronoLocalDateTime";
    /// Ways to adjust dates.
    TemporalAdjusters = "java.time.temporal.TemporalAdjusters" nameable;
    /// Text for addresses.
    UrlEncoder = "java.net.URLEncoder" nameable;
    /// A pipeline's execution.
    Execution = "com.netflix.spinnaker.orca.pipeline.model.PipelineExecutionImpl";
    /// A stage of one.
    Stage = "com.netflix.spinnaker.orca.pipeline.model.StageExecutionImpl";
    /// A task of a stage.
    Task = "com.netflix.spinnaker.orca.pipeline.model.TaskExecutionImpl";
    /// What started an execution.
    Trigger = "com.netflix.spinnaker.orca.pipeline.model.DefaultTrigger";
    /// A Jenkins build as a trigger.
    JenkinsTrigger = "com.netflix.spinnaker.orca.pipeline.model.JenkinsTrigger";
    /// Another pipeline as a trigger.
    PipelineTrigger = "com.netflix.spinnaker.orca.pipeline.model.PipelineTrigger";
    /// A status of an execution or stage.
    ExecutionStatus = "com.netflix.spinnaker.orca.api.pipeline.models.ExecutionStatus";
    /// Who started an execution.
    AuthenticationDetails = "com.netflix.spinnaker.orca.api.pipeline.models.PipelineExecution$AuthenticationDetails";
    /// Who paused an execution.
    PausedDetails = "com.netflix.spinnaker.orca.api.pipeline.models.PipelineExecution$PausedDetails";
    /// An artifact.
    Artifact = "com.netflix.spinnaker.kork.artifacts.model.Artifact";
    /// An artifact that a pipeline expects.
    ExpectedArtifact = "com.netflix.spinnaker.kork.artifacts.model.ExpectedArtifact";
    /// A build.
    BuildInfo = "com.netflix.spinnaker.orca.pipeline.model.JenkinsBuildInfo";
    /// A file of a build.
    JenkinsArtifact = "com.netflix.spinnaker.orca.pipeline.model.JenkinsArtifact";
    /// A commit of a build.
    SourceControl = "com.netflix.spinnaker.orca.pipeline.model.SourceControl";
    /// What `#doNotEval` gives.
    NotEvaluable = "com.netflix.spinnaker.kork.expressions.NotEvaluableExpression";
}

impl Class {
    /// Its name without the package.
    pub fn simple_name(self) -> &'static str {
        let name = self.name();
        name.rsplit_once(['.', '$']).map_or(name, |(_, simple)| simple)
    }

    /// The class above it; `None` for interfaces and `Object`.
    fn superclass(self) -> Option<Class> {
        match self {
            Class::Object
            | Class::Comparable
            | Class::CharSequence
            | Class::Iterable
            | Class::Collection
            | Class::List
            | Class::Set
            | Class::Map
            | Class::TemporalUnit
            | Class::TemporalAccessor
            | Class::ChronoLocalDate
            | Class::ChronoLocalDateTime => None,
            Class::Byte
            | Class::Short
            | Class::Integer
            | Class::Long
            | Class::BigInteger
            | Class::Float
            | Class::Double => Some(Class::Number),
            Class::JenkinsTrigger | Class::PipelineTrigger => Some(Class::Trigger),
            _ => Some(Class::Object),
        }
    }

    fn interfaces(self) -> &'static [Class] {
        use Class as C;
        match self {
            C::String => &[C::CharSequence, C::Comparable],
            C::ExecutionStatus => &[C::CharSequence, C::Comparable],
            C::Boolean
            | C::Byte
            | C::Short
            | C::Integer
            | C::Long
            | C::BigInteger
            | C::Float
            | C::Double
            | C::Character
            | C::Date
            | C::Uuid => &[C::Comparable],
            C::ArrayList => &[C::List, C::Collection, C::Iterable],
            C::LinkedHashSet => &[C::Set, C::Collection, C::Iterable],
            C::List | C::Set => &[C::Collection, C::Iterable],
            C::Collection => &[C::Iterable],
            C::LinkedHashMap => &[C::Map],
            C::LocalDate => &[C::ChronoLocalDate, C::TemporalAccessor, C::Comparable],
            C::LocalDateTime => &[C::ChronoLocalDateTime, C::TemporalAccessor, C::Comparable],
            C::Instant => &[C::TemporalAccessor, C::Comparable],
            C::DayOfWeek | C::Month => &[C::TemporalAccessor, C::Comparable],
            C::ChronoUnit => &[C::TemporalUnit, C::Comparable],
            _ => &[],
        }
    }

    /// Whether `self` can stand where `wanted` is asked for.
    pub(crate) fn is_a(self, wanted: Class) -> bool {
        wanted == Class::Object
            || std::iter::successors(Some(self), |class| class.superclass())
                .any(|class| class == wanted || class.interfaces().contains(&wanted))
    }

    fn is_interface(self) -> bool {
        self != Class::Object && self.superclass().is_none()
    }

    /// Whether it is a Java enum.
    pub(crate) fn is_enum(self) -> bool {
        matches!(self, Class::DayOfWeek | Class::Month | Class::ChronoUnit | Class::ExecutionStatus)
    }

    /// What `toString()` writes for one of its constants, if it is an enum.
    pub(crate) fn constant_text(self, name: &'static str) -> &'static str {
        match (self, name) {
            (Class::ChronoUnit, "NANOS") => "Nanos",
            (Class::ChronoUnit, "MICROS") => "Micros",
            (Class::ChronoUnit, "MILLIS") => "Millis",
            (Class::ChronoUnit, "SECONDS") => "Seconds",
            (Class::ChronoUnit, "MINUTES") => "Minutes",
            (Class::ChronoUnit, "HOURS") => "Hours",
            (Class::ChronoUnit, "HALF_DAYS") => "HalfDays",
            (Class::ChronoUnit, "DAYS") => "Days",
            (Class::ChronoUnit, "WEEKS") => "Weeks",
            (Class::ChronoUnit, "MONTHS") => "Months",
            (Class::ChronoUnit, "YEARS") => "Years",
            (Class::ChronoUnit, "DECADES") => "Decades",
            (Class::ChronoUnit, "CENTURIES") => "Centuries",
            (Class::ChronoUnit, "MILLENNIA") => "Millennia",
            (Class::ChronoUnit, "ERAS") => "Eras",
            (Class::ChronoUnit, "FOREVER") => "Forever",
            _ => name,
        }
    }
}

impl Type {
    /// Its name in messages: the full name of a class.
    pub fn name(self) -> &'static str {
        match self {
            Type::Primitive(primitive) => primitive.name(),
            Type::Class(class) => class.name(),
            Type::Array(Element::Class(Class::String)) => "java.lang.String[]",
            Type::Array(Element::Class(Class::Object)) => "java.lang.Object[]",
            Type::Array(Element::Primitive(Primitive::Int)) => "int[]",
            Type::Array(Element::Primitive(Primitive::Char)) => "char[]",
            Type::Array(Element::Primitive(Primitive::Byte)) => "byte[]",
            Type::Array(_) => "array",
        }
    }

    /// Its name for people: `String`, `Integer`, `String[]`.
    pub(crate) fn short_name(self) -> &'static str {
        match self {
            Type::Class(Class::ArrayList) => "List",
            Type::Class(Class::LinkedHashSet) => "Set",
            Type::Class(Class::LinkedHashMap) => "Map",
            Type::Class(Class::Entry) => "Entry",
            Type::Class(Class::Execution) => "execution",
            Type::Class(Class::Stage) => "stage",
            Type::Class(Class::Trigger | Class::JenkinsTrigger | Class::PipelineTrigger) => "trigger",
            Type::Class(class) => class.simple_name(),
            Type::Array(Element::Class(Class::String)) => "String[]",
            Type::Array(Element::Class(Class::Object)) => "Object[]",
            other => other.name(),
        }
    }

    /// The class of its boxed values, for a primitive.
    fn boxed(self) -> Type {
        match self {
            Type::Primitive(primitive) => Type::Class(primitive.boxed()),
            other => other,
        }
    }

    /// Whether a value of type `self` can be passed as a `wanted` as it is (Spring's `TypeDescriptor.isAssignableTo`).
    pub(crate) fn assignable_to(self, wanted: Type) -> bool {
        match (self.boxed(), wanted.boxed()) {
            (Type::Class(own), Type::Class(wanted)) => own.is_a(wanted),
            (Type::Array(_), Type::Class(wanted)) => wanted == Class::Object,
            (Type::Array(Element::Class(own)), Type::Array(Element::Class(wanted))) => own.is_a(wanted),
            (own, wanted) => own == wanted,
        }
    }

    /// How far a value of type `argument` is from the parameter type `self`: the nearest method is called (Spring's
    /// `ReflectionHelper.getTypeDifferenceWeight`).
    pub(crate) fn distance_from(self, argument: Type) -> u32 {
        let wanted = match self {
            Type::Primitive(_) => Class::Object,
            Type::Class(class) => class,
            Type::Array(_) => return 0,
        };
        let mut distance = 0;
        if let Type::Class(class) = argument {
            for above in std::iter::successors(class.superclass(), |class| class.superclass()) {
                if !above.is_a(wanted) {
                    break;
                }
                distance += 2;
                if above == wanted {
                    break;
                }
            }
        }
        distance + u32::from(wanted.is_interface())
    }
}
