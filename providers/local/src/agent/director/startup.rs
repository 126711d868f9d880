//! What an agent finds when it starts: the records, and the processes that an earlier agent left running.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::TcpListener,
    path::Path,
    sync::Arc,
};

use gennaker_base::SharedClock;
use rustix::process::{Rlimit, Signal, kill_process};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{
    Director, REPORTS,
    balancers::{BalancerState, ListenerState},
    configuration::Configuration,
};
use crate::{
    agent::{
        Error, Options,
        artifacts::Artifacts,
        balancer::Connections,
        cgroups::Cgroups,
        disk::Disk,
        files::Files,
        identity::{Marked, marked},
        images::Images,
        instance::Running,
        logs::Logs,
        ports::Ports,
        process::Launcher,
        record::{BalancerRecord, FORMAT, GroupRecord, InstanceRecord, JobRecord, SecurityGroupRecord},
        requests::Requests,
        reserve::Reserve,
    },
    protocol::{AccountUse, RestartMode, Snapshot},
};

impl BalancerRecord {
    /// The listeners that were written down; an agent of before there were several wrote one port.
    fn listeners(&self) -> Vec<ListenerState> {
        let ports = if self.ports.is_empty() { vec![self.port] } else { self.ports.clone() };
        let wanted = self.spec.effective_listeners();
        let states = ports.into_iter().zip(wanted);
        states.map(|(port, wanted)| ListenerState { port, protocol: wanted.protocol, message: None }).collect()
    }
}

impl Director {
    /// Reads the records of `folder`, adopts the processes that still run, starts those that do not, and listens on
    /// the balancers' ports, on the `inherited` sockets where there are such. `open_files`: the limit that processes
    /// are started with. Nothing is ended, and nobody accepted, before [`Director::run`].
    pub(in crate::agent) fn start(
        options: Options,
        folder: &Path,
        clock: SharedClock,
        open_files: Option<Rlimit>,
        inherited: HashMap<u16, TcpListener>,
    ) -> Result<Director, Error> {
        let logs = Logs::open(folder.join("logs"))?;
        let images = Images::open(folder)?;
        let disk = Disk::new(folder, options.limits.disk_bytes);
        let artifacts = Artifacts::open(folder.join("artifacts"), options.limits.artifacts.clone())?;
        let mark = folder.to_string_lossy().into_owned();
        let cgroups = Cgroups::find(&mark);
        if let Some(reason) = cgroups.problem() {
            tracing::info!(reason, "limits of processor time and memory are not kept on this machine");
        }
        let launcher = Launcher { mark, logs: logs.clone(), open_files, cgroups };
        let request_files = Files::open(folder.join("requests"))?;
        // Snapshots of an agent that starts later are newer.
        let version = u64::try_from(clock.now().millis()).unwrap_or(0);
        let empty = Snapshot {
            version,
            account: options.account.clone(),
            account_use: AccountUse::default(),
            notices: Vec::new(),
            server_groups: Vec::new(),
            load_balancers: Vec::new(),
            images: Vec::new(),
            jobs: Vec::new(),
            security_groups: Vec::new(),
        };
        let mut director = Director {
            group_files: Files::open(folder.join("server-groups"))?,
            balancer_files: Files::open(folder.join("load-balancers"))?,
            samples: BTreeMap::new(),
            image_tags: images.read_tags()?,
            known_images: BTreeMap::new(),
            images,
            job_files: Files::open(folder.join("jobs"))?,
            jobs: BTreeMap::new(),
            job_watches: JoinSet::new(),
            security_group_files: Files::open(folder.join("security-groups"))?,
            requests: Requests::new(request_files.read_all()?),
            request_files,
            reserve: Reserve::open(folder.join("reserve"))?,
            logs,
            artifacts,
            disk,
            fetches: JoinSet::new(),
            launcher,
            ports: Ports::new(options.limits.ports.clone(), &options.account),
            groups: BTreeMap::new(),
            balancers: BTreeMap::new(),
            security_groups: BTreeMap::new(),
            connections: Connections::default(),
            inherited,
            predecessor: None,
            opened: CancellationToken::new(),
            running: HashMap::new(),
            next_ticket: 0,
            reports: mpsc::channel(REPORTS),
            supervisors: JoinSet::new(),
            drains: JoinSet::new(),
            chores: JoinSet::new(),
            version,
            snapshot: watch::channel(Arc::new(empty)).0,
            meters: watch::channel(Arc::default()).0,
            options,
            clock,
        };
        let groups: Vec<GroupRecord> = director.group_files.read_all()?;
        let balancers: Vec<BalancerRecord> = director.balancer_files.read_all()?;
        let jobs: Vec<JobRecord> = director.job_files.read_all()?;
        let security_groups: Vec<SecurityGroupRecord> = director.security_group_files.read_all()?;
        let formats = groups.iter().map(|group| group.format).chain(balancers.iter().map(|balancer| balancer.format));
        let formats = formats.chain(security_groups.iter().map(|group| group.format));
        let formats = formats.chain(jobs.iter().map(|job| job.format));
        if let Some(format) = formats.into_iter().find(|format| *format > FORMAT) {
            let reason = format!("a newer agent wrote it in format {format}; start that one again");
            return Err(Error::State { path: folder.to_owned(), reason });
        }
        director.take_over(groups, jobs);
        director.security_groups =
            security_groups.into_iter().map(|record| (record.spec.name.clone(), record.spec)).collect();
        for record in balancers {
            let name = record.spec.name.clone();
            let listeners = record.listeners();
            let state = BalancerState { listeners, ..director.idle_balancer(record.spec) };
            director.balancers.insert(name.clone(), state);
            director.listen(&name);
        }
        // Of listeners that the records do not have: nobody is to wait there.
        director.inherited.clear();
        director.look_for_images();
        director.disk.measure().map_err(|source| Error::io("measure how much of the disk is used", source))?;
        director.publish();
        Ok(director)
    }

    /// Goes on with what an earlier agent had begun, when this one has begun to work.
    pub(super) fn go_on(&mut self) {
        let unfinished: Vec<String> =
            self.groups.values().filter(|group| group.deleting).map(|group| group.spec().name.clone()).collect();
        self.end_strays();
        let drain = self.remaining_drain();
        for name in unfinished {
            self.go_on_deleting(&name, drain);
        }
        self.go_on_leaving();
        self.launcher.cgroups.tidy();
        self.drop_unused_artifacts();
    }

    fn take_over(&mut self, groups: Vec<GroupRecord>, jobs: Vec<JobRecord>) {
        let marked = marked(&self.launcher.mark);
        self.take_over_jobs(jobs, &marked);
        for record in groups {
            let mut group = self.group_of(&record);
            let earlier: Vec<Arc<Configuration>> =
                record.earlier.iter().map(|launch| self.configuration_of(launch.clone())).collect();
            for mut instance in record.instances {
                let process = self.find(&instance, &marked);
                let up = instance.up && process.is_some();
                let known = earlier.iter().find(|known| known.version == instance.launch_version);
                let configuration = known.unwrap_or(&group.configuration).clone();
                // How it ended while no agent was there, nobody knows; with this policy nobody has to.
                let once = configuration.spec.restart.mode == RestartMode::Never;
                instance.over |= once && instance.process.is_some();
                instance.over &= process.is_none();
                instance.process = process.as_ref().map(|running| running.process.identity().clone());
                match &instance.process {
                    Some(identity) => {
                        instance.port = process.as_ref().map_or(instance.port, |running| running.port);
                        tracing::info!(instance = instance.id, pid = identity.pid, "adopted a running process");
                    }
                    None if instance.over => {
                        tracing::info!(
                            instance = instance.id,
                            "its process has ended, and its restart policy leaves it so"
                        );
                    }
                    None => tracing::warn!(instance = instance.id, "its process has ended; starting it again"),
                }
                let instance = self.supervise(&configuration, instance, process, up);
                group.instances.push(instance);
            }
            self.groups.insert(group.spec().name.clone(), group);
        }
    }

    /// Ends what no instance owns: left over by a process that ended, or by a creation that was cut short.
    fn end_strays(&self) {
        let instances = self.groups.values().flat_map(|group| &group.instances);
        let instances =
            instances.filter(|instance| instance.record.process.is_some()).map(|instance| instance.record.id.as_str());
        let jobs = self.jobs.iter().filter(|(_, job)| !job.is_over()).map(|(name, _)| name.as_str());
        let adopted: HashSet<&str> = instances.chain(jobs).collect();
        let marked = marked(&self.launcher.mark);
        for stray in marked.iter().filter(|marked| !adopted.contains(marked.instance.as_str())) {
            tracing::warn!(instance = stray.instance, pid = stray.identity.pid, "ending a process that nothing owns");
            if let Some(pid) = stray.identity.raw()
                && let Err(error) = kill_process(pid, Signal::KILL)
            {
                tracing::debug!(%error, "it has ended by itself");
            }
        }
    }

    /// The process that is written down, or the one that was started without having been written down.
    fn find(&self, instance: &InstanceRecord, marked: &[Marked]) -> Option<Running> {
        if let Some(process) = instance.process.as_ref().and_then(|known| self.launcher.adopt(known, &instance.id)) {
            return Some(Running { process, port: instance.port });
        }
        let unwritten = marked
            .iter()
            .filter(|marked| marked.leads && marked.instance == instance.id)
            .min_by_key(|marked| marked.identity.start_time)?;
        let process = self.launcher.adopt(&unwritten.identity, &instance.id)?;
        Some(Running { process, port: unwritten.port.unwrap_or(instance.port) })
    }
}
