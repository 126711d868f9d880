/** Over every screen: that gate cannot be reached, fails, or knows nobody; and what the page does about it. */
import { useConnection } from '../gate/connection';
import { useFailing } from '../gate/failing';
import { signInAddress } from '../gate/session';
import { Icon } from '../parts/Icon';
import styles from './Shell.module.css';

/** The banner; nothing as long as all is well. */
export function Banner() {
  const connection = useConnection();
  const failing = useFailing();
  return (
    <div role="status" className={styles.banners}>
      {connection !== 'fine' && (
        <p className={styles.banner} data-kind={connection}>
          <Icon name="warning" />
          {connection === 'offline' && 'This machine is offline. What you see may be old; the page goes on when it is back.'}
          {connection === 'unreachable' && 'gate cannot be reached. What you see may be old; the page tries again every 2 s.'}
          {connection === 'signedOut' && (
            <span>
              You are signed out. Nothing that you typed is lost:{' '}
              <a href={signInAddress()} target="_blank" rel="noreferrer">
                sign in in another tab
              </a>
              , then this page goes on.
            </span>
          )}
        </p>
      )}
      {connection === 'fine' && failing !== undefined && (
        <p className={styles.banner} data-kind="failing">
          <Icon name="warning" />
          <span>
            gate fails at something of this screen: <bdi>{failing.message}</bdi>. What you see may be old or incomplete; the page tries again.
            {failing.requestId !== undefined && (
              <>
                {' '}
                Request <code>{failing.requestId}</code>.
              </>
            )}
          </span>
        </p>
      )}
    </div>
  );
}
