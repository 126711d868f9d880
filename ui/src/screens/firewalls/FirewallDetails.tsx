/** `.../firewalls/firewallDetails/...`: a firewall and its rules, and what can be done to it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import type { Firewall } from '../../gate/cloud';
import { firewall as firewallQuery } from '../../gate/firewalls';
import type { Fields } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { Menu } from '../../parts/Menu';
import { Answer } from '../../parts/States';
import { Name } from '../../parts/Text';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { AsJson, Facts, FieldsOf } from '../infrastructure/Facts';
import { Gone, isGone, Panel, Part } from '../infrastructure/Split';
import { Tags } from '../infrastructure/Tags';
import { remove } from './firewallChanges';
import styles from './FirewallDetails.module.css';
import { FirewallDialog } from './FirewallDialog';
import { ruleOf } from './rules';

const route = getRouteApi('/applications/$application/firewalls/firewallDetails/$provider/$account/$region/$vpcId/$name');
const TOLD = ['id', 'name', 'account', 'accountName', 'region', 'type', 'cloudProvider', 'moniker', 'application', 'inboundRules', 'outboundRules', 'summary', 'insightActions', 'vpcId', 'description'];

/** The details. */
export function FirewallDetails() {
  const { application, provider, account, region, vpcId, name } = route.useParams();
  const query = useQuery(firewallQuery(application, provider, account, region, name, vpcId === '-' ? undefined : vpcId));
  if (isGone(query)) return <Gone kind="Firewall" name={name} back={{ to: '/applications/$application/firewalls', application }} />;
  return (
    <Answer query={query} what="firewall" key={`${account} ${region} ${vpcId} ${name}`}>
      {(found) => <Details application={application} firewall={{ ...found, account, region, cloudProvider: provider, name: found.name ?? name }} />}
    </Answer>
  );
}

function Details({ application, firewall }: { application: string; firewall: Firewall }) {
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const navigate = useNavigate();
  return (
    <Panel
      kind="Firewall"
      name={firewall.name}
      back={{ to: '/applications/$application/firewalls', application }}
      actions={
        <>
          {firewall.cloudProvider === 'local' && (
            <Button icon="edit" onPress={() => setOpen('edit')}>
              Edit …
            </Button>
          )}
          <Menu label="What else can be done" actions={[{ label: 'Delete …', icon: 'trash', danger: true, act: () => setOpen('delete') }]} />
        </>
      }
    >
      <Part title="What it is">
        <Facts
          facts={[
            ['Id', firewall.id !== firewall.name && <Name key="i">{firewall.id}</Name>],
            ['Account', <Name key="a">{firewall.account}</Name>],
            ['Region', <Name key="r">{firewall.region}</Name>],
            ['Network', firewall.vpcId],
            ['Description', firewall.description],
          ]}
        />
        <FieldsOf of={firewall} without={TOLD} />
      </Part>
      <Rules title="Who may connect" rules={firewall.inboundRules ?? []} none="It lets nobody in." />
      {(firewall.outboundRules ?? []).length > 0 && <Rules title="Where one may connect to" rules={firewall.outboundRules ?? []} none="" />}
      <Tags
        application={application}
        entity={{ entityType: 'securitygroup', entityId: firewall.id, account: firewall.account, region: firewall.region, cloudProvider: firewall.cloudProvider }}
      />
      <Part title="Everything">
        <AsJson value={firewall} />
      </Part>
      {open === 'edit' && <FirewallDialog application={application} given={firewall} onClose={() => setOpen(undefined)} />}
      {open === 'delete' && (
        <ChangeDialog
          application={application}
          change={remove(application, firewall)}
          onClose={() => setOpen(undefined)}
          onDone={() => void navigate({ to: '/applications/$application/firewalls', params: { application }, search: ((before: object) => before) as never })}
        />
      )}
    </Panel>
  );
}

function Rules({ title, rules, none }: { title: string; rules: readonly Fields[]; none: string }) {
  return (
    <Part title={title}>
      {rules.length === 0 ? (
        <p className="soft">{none}</p>
      ) : (
        <table className={styles.rules}>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Protocol</th>
              <th scope="col">Ports</th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule, index) => {
              const { source, protocol, ports } = ruleOf(rule);
              return (
                <tr key={index}>
                  <td>
                    <bdi>{source}</bdi>
                  </td>
                  <td>{protocol}</td>
                  <td>{ports}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Part>
  );
}
