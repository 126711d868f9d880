//! What an AWS client gives: one client for an account and region, typed answers in pages, errors with codes. Behind it a toy
//! that throttles, shows new things late, and knows client tokens.

use std::sync::Mutex;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("Throttling: Rate exceeded")]
    Throttling,
    #[error("AlreadyExists: {0}")]
    AlreadyExists(String),
    #[error("ValidationError: {0} not found")]
    NotFound(String),
    #[error("the connection broke; the request may have been carried out")]
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LaunchTemplate {
    pub(crate) name: String,
    pub(crate) client_token: String,
    pub(crate) image_id: String,
    pub(crate) instance_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AsgInstance {
    pub(crate) instance_id: String,
    pub(crate) availability_zone: String,
    pub(crate) lifecycle_state: String,
    pub(crate) health_status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AutoScalingGroup {
    pub(crate) auto_scaling_group_name: String,
    pub(crate) launch_template: String,
    pub(crate) min_size: u32,
    pub(crate) max_size: u32,
    pub(crate) desired_capacity: u32,
    pub(crate) availability_zones: Vec<String>,
    pub(crate) target_group_arns: Vec<String>,
    pub(crate) instances: Vec<AsgInstance>,
    pub(crate) suspended_processes: Vec<String>,
    pub(crate) created_time: i64,
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TargetHealth {
    pub(crate) target_group_arn: String,
    pub(crate) instance_id: String,
    pub(crate) state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LoadBalancer {
    pub(crate) load_balancer_name: String,
    pub(crate) target_group_arns: Vec<String>,
    pub(crate) vpc_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Ami {
    pub(crate) image_id: String,
    pub(crate) name: String,
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Activity {
    pub(crate) activity_id: String,
    pub(crate) description: String,
    pub(crate) cause: String,
    pub(crate) status_code: String,
    pub(crate) start_time: i64,
}

/// One page of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_token: Option<usize>,
}

/// One account and region of the toy.
#[derive(Default)]
pub(crate) struct Toy {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    groups: Vec<AutoScalingGroup>,
    templates: Vec<LaunchTemplate>,
    /// How many descriptions pass before a new group is in them.
    late: usize,
    /// How many calls are throttled from now on.
    throttled: usize,
    /// The next write is carried out and its answer lost.
    answer_lost: bool,
    calls: usize,
}

const PAGE: usize = 2;

impl Toy {
    /// Shows new groups only after so many descriptions.
    pub(crate) fn show_late(&self, descriptions: usize) {
        self.change(|state| state.late = descriptions);
    }

    pub(crate) fn throttle(&self, calls: usize) {
        self.change(|state| state.throttled = calls);
    }

    pub(crate) fn lose_the_next_answer(&self) {
        self.change(|state| state.answer_lost = true);
    }

    pub(crate) fn calls(&self) -> usize {
        self.change(|state| state.calls)
    }

    pub(crate) fn groups(&self) -> Vec<AutoScalingGroup> {
        self.change(|state| state.groups.clone())
    }

    pub(crate) async fn describe_auto_scaling_groups(
        &self,
        token: Option<usize>,
    ) -> Result<Page<AutoScalingGroup>, Fault> {
        self.call(|state| {
            let hidden = usize::from(state.late > 0 && !state.groups.is_empty());
            state.late = state.late.saturating_sub(1);
            let shown = &state.groups[..state.groups.len() - hidden];
            let start = token.unwrap_or(0).min(shown.len());
            let end = (start + PAGE).min(shown.len());
            Ok(Page { items: shown[start..end].to_vec(), next_token: (end < shown.len()).then_some(end) })
        })
    }

    pub(crate) async fn describe_target_health(&self) -> Result<Vec<TargetHealth>, Fault> {
        self.call(|state| {
            let health = state.groups.iter().flat_map(|group| {
                group.target_group_arns.iter().flat_map(|arn| {
                    group.instances.iter().map(|instance| TargetHealth {
                        target_group_arn: arn.clone(),
                        instance_id: instance.instance_id.clone(),
                        state: "healthy".to_owned(),
                    })
                })
            });
            Ok(health.collect())
        })
    }

    pub(crate) async fn describe_load_balancers(&self) -> Result<Vec<LoadBalancer>, Fault> {
        let target_group_arns = vec!["arn:front".to_owned()];
        let balancer =
            LoadBalancer { load_balancer_name: "shop-front".to_owned(), target_group_arns, vpc_id: "vpc-1".to_owned() };
        self.call(|_| Ok(vec![balancer]))
    }

    pub(crate) async fn describe_images(&self, pattern: &str) -> Result<Vec<Ami>, Fault> {
        let tags = vec![Tag { key: "appversion".to_owned(), value: "shop-2".to_owned() }];
        let ami = Ami { image_id: "ami-1".to_owned(), name: format!("{pattern}-2.0"), tags };
        self.call(|_| Ok(vec![ami]))
    }

    pub(crate) async fn describe_scaling_activities(&self, group: &str) -> Result<Vec<Activity>, Fault> {
        self.call(|state| {
            let known = state.groups.iter().find(|known| known.auto_scaling_group_name == group);
            let known = known.ok_or_else(|| Fault::NotFound(group.to_owned()))?;
            let launched = known.instances.iter().map(|instance| Activity {
                activity_id: format!("launch-{}", instance.instance_id),
                description: format!("Launching a new EC2 instance: {}", instance.instance_id),
                cause: "the difference between desired and actual capacity".to_owned(),
                status_code: "Successful".to_owned(),
                start_time: known.created_time,
            });
            Ok(launched.collect())
        })
    }

    pub(crate) async fn create_launch_template(&self, template: LaunchTemplate) -> Result<(), Fault> {
        self.write(|state| {
            if state.templates.iter().any(|known| known.client_token == template.client_token) {
                return Ok(());
            }
            if state.templates.iter().any(|known| known.name == template.name) {
                return Err(Fault::AlreadyExists(template.name));
            }
            state.templates.push(template);
            Ok(())
        })
    }

    pub(crate) async fn create_auto_scaling_group(&self, mut group: AutoScalingGroup) -> Result<(), Fault> {
        self.write(|state| {
            let name = &group.auto_scaling_group_name;
            if state.groups.iter().any(|known| known.auto_scaling_group_name == *name) {
                return Err(Fault::AlreadyExists(name.clone()));
            }
            group.instances = (0..group.desired_capacity)
                .zip(group.availability_zones.iter().cycle())
                .map(|(number, zone)| AsgInstance {
                    instance_id: format!("i-{name}-{number}"),
                    availability_zone: zone.clone(),
                    lifecycle_state: "InService".to_owned(),
                    health_status: "Healthy".to_owned(),
                })
                .collect();
            state.groups.push(group);
            Ok(())
        })
    }

    pub(crate) async fn suspend_processes(&self, group: &str, processes: &[&str]) -> Result<(), Fault> {
        self.write(|state| {
            let known = state.groups.iter_mut().find(|known| known.auto_scaling_group_name == group);
            let known = known.ok_or_else(|| Fault::NotFound(group.to_owned()))?;
            known.suspended_processes = processes.iter().map(|process| (*process).to_owned()).collect();
            Ok(())
        })
    }

    fn write<T>(&self, write: impl FnOnce(&mut State) -> Result<T, Fault>) -> Result<T, Fault> {
        self.call(|state| {
            let answer = write(state)?;
            if std::mem::take(&mut state.answer_lost) { Err(Fault::Broken) } else { Ok(answer) }
        })
    }

    fn call<T>(&self, call: impl FnOnce(&mut State) -> Result<T, Fault>) -> Result<T, Fault> {
        self.change(|state| {
            state.calls += 1;
            if state.throttled > 0 {
                state.throttled -= 1;
                return Err(Fault::Throttling);
            }
            call(state)
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("no panic"))
    }
}
