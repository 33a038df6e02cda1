/** A repository (GitHub) or project (GitLab), followed by its numeric id through every rename. */
export interface Project {
  connectionId: string;
  /** The platform's numeric id as text. */
  id: string;
  /** `owner/repo` or `group/sub/project` as last seen. */
  path: string;
  /** Web address. */
  url: string;
  /** Another lasting name that the adapter needs (GitHub: `node_id`). */
  handle?: string;
  /** null: an empty repository. */
  defaultBranch: string | null;
  hasWiki: boolean;
  archived: boolean;
  /** Private or internal: not for everybody's eyes. */
  private: boolean;
  /** ISO instant of the last activity as the platform tells it. */
  lastActivityAt?: string;
}
