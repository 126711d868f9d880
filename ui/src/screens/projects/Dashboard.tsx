/** `#/projects/P/dashboard`: what runs of a project's clusters, and what its pipelines did last. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { GateError } from '../../gate/errors';
import { deleteProject, type Project, project as projectQuery, projectClusters, projectPipelines } from '../../gate/projects';
import { ButtonLink } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/Dialog';
import { Menu } from '../../parts/Menu';
import { Page } from '../../parts/Page';
import { sentence } from '../../parts/sentence';
import { Answer, Empty } from '../../parts/States';
import { Name } from '../../parts/Text';
import { toast } from '../../parts/Toasts';
import styles from './Dashboard.module.css';
import { ProjectForm } from './ProjectForm';
import { ClusterCard } from './ClusterCard';
import { PipelineRow } from './PipelineRow';
import { pipelinesOf } from './model';

const route = getRouteApi('/projects/$project/dashboard');
/** How many runs of each pipeline. */
const RUNS = 5;

/** The screen. */
export function Dashboard() {
  const { project } = route.useParams();
  const query = useQuery(projectQuery(project));
  useEffect(() => {
    document.title = `${project} · Gennaker`;
  }, [project]);
  if (query.error instanceof GateError && query.error.kind === 'missing') {
    return (
      <main id="main">
        <Empty title={sentence`There is no project ${project}`} action={<ButtonLink to="/projects">All projects</ButtonLink>}>
          It may have been deleted or renamed, or the address is mistyped.
        </Empty>
      </main>
    );
  }
  return (
    <Page label={`Project ${project}`}>
      <Answer query={query} what="project">
        {(known) => <Parts project={known} />}
      </Answer>
    </Page>
  );
}

function Parts({ project }: { project: Project }) {
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const navigate = useNavigate();
  const close = (): void => setOpen(undefined);
  return (
    <>
      <div className={styles.head}>
        <h1>
          <Name>{project.name}</Name>
        </h1>
        <Name className="soft">{project.email ?? ''}</Name>
        <span className={styles.menu}>
          <Menu
            label="What can be done to the project"
            actions={[
              { label: 'Edit', icon: 'edit', act: () => setOpen('edit') },
              { label: 'Delete', icon: 'trash', danger: true, act: () => setOpen('delete') },
            ]}
          />
        </span>
      </div>
      <Applications names={project.config.applications ?? []} />
      <Clusters project={project} isHeld={open === 'delete'} />
      <Pipelines project={project} isHeld={open === 'delete'} />
      {open === 'edit' && <ProjectForm given={project} onClose={close} onDone={(name) => navigate({ to: '/projects/$project/dashboard', params: { project: name }, replace: true })} />}
      {open === 'delete' && (
        <ConfirmDialog
          title={sentence`Delete ${project.name}`}
          action="Delete"
          onClose={close}
          onConfirm={async () => {
            await deleteProject(project);
            toast({ tone: 'good', text: sentence`${project.name} is deleted.` });
            await navigate({ to: '/projects' });
          }}
        >
          <p>Its applications, their pipelines and what runs of them stay as they are.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Applications({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <nav aria-label="Applications" className={styles.applications}>
      {names.map((application) => (
        <Link key={application} to="/applications/$application" params={{ application }} className={styles.chip}>
          <Name>{application}</Name>
        </Link>
      ))}
    </nav>
  );
}

/** `isHeld`: it is being deleted, and not asked for. */
function Clusters({ project, isHeld }: { project: Project; isHeld: boolean }) {
  const query = useQuery({ ...projectClusters(project.id), enabled: !isHeld });
  return (
    <section className={styles.section} aria-label="Clusters">
      <h2>Clusters</h2>
      {(project.config.clusters ?? []).length === 0 ? (
        <p className="soft">The project names no clusters. Edit it to see here what runs of them.</p>
      ) : (
        <Answer query={query} what="clusters">
          {(clusters) => (
            <div className={styles.clusters}>
              {clusters.map((cluster, index) => (
                <ClusterCard key={index} cluster={cluster} />
              ))}
            </div>
          )}
        </Answer>
      )}
    </section>
  );
}

function Pipelines({ project, isHeld }: { project: Project; isHeld: boolean }) {
  const query = useQuery({ ...projectPipelines(project.id, RUNS), enabled: !isHeld });
  return (
    <section className={styles.section} aria-label="Pipelines">
      <h2>Pipelines</h2>
      {(project.config.pipelineConfigs ?? []).length === 0 ? (
        <p className="soft">The project names no pipelines. Edit it to see here what they did last.</p>
      ) : (
        <Answer query={query} what="pipelines">
          {(runs) => (
            <ul className={styles.pipelines}>
              {pipelinesOf(project, runs).map((pipeline) => (
                <PipelineRow key={pipeline.id} pipeline={pipeline} />
              ))}
            </ul>
          )}
        </Answer>
      )}
    </section>
  );
}
