//! Requests to every endpoint of every service, on stores that several inputs share.
//!
//! An input is up to eight requests. Each picks an endpoint among those that the services declare, so that a new one is
//! fuzzed from its first day, and is filled with the field's own words ([`words`]), with what earlier answers named, and
//! with anything. A panic ends the run, in a handler, an execution or anywhere else; so does an answer that is none
//! ([`verdict`]). The services are built anew every [`REQUESTS`] requests. Because an input may fail by what those before
//! it stored, the last requests are printed with a failure.
//!
//! Nothing is called outside of this process: no socket is bound, and the rules for addresses refuse every one.

#![no_main]

mod json;
mod request;
mod verdict;
mod words;
mod world;

use std::{
    cell::RefCell,
    collections::VecDeque,
    panic,
    sync::{Mutex, PoisonError},
};

use libfuzzer_sys::{arbitrary::Unstructured, fuzz_target};

use self::{request::Request, world::World};

/// How many requests a world is asked.
const REQUESTS: usize = 2_000;
/// How many requests an input is.
const AT_MOST: usize = 8;
/// How many requests are printed with a failure.
const SHOWN: usize = 16;

/// The last requests, for who looks into a failure.
static LAST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

fuzz_target!(
    init: print_requests_with_a_failure(),
    |input: &[u8]| WORLD.with_borrow_mut(|place| {
        let world = place.get_or_insert_with(World::new);
        let mut input = Unstructured::new(input);
        for _ in 0..AT_MOST {
            let Ok(Some(request)) = Request::read(&mut input, world) else { break };
            note(&request);
            let answer = world.ask(&request);
            if let Some(complaint) = verdict::complaint(&request, &answer) {
                panic!("{complaint}\nrequest: {request}\nanswer: {answer}");
            }
        }
        if world.asked() >= REQUESTS
            && let Some(world) = place.take()
        {
            world.stop();
        }
    })
);

fn note(request: &Request) {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if last.len() == SHOWN {
        last.pop_front();
    }
    last.push_back(request.to_string());
}

fn print_requests_with_a_failure() {
    let end = panic::take_hook();
    panic::set_hook(Box::new(move |failure| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        eprintln!("the last {} requests, the newest last:", last.len());
        last.iter().for_each(|request| eprintln!("  {request}"));
        end(failure);
    }));
}
