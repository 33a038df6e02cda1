-- The home of 0003 after its next migration: what its sources cannot deliver.
pragma user_version = 4;
CREATE TABLE meta (key text primary key, value text not null) strict;
INSERT INTO meta VALUES('telegram.offset','700000006');
CREATE TABLE accounts (
    connection_id text primary key, access text, quota text, throttled_until integer,
    refusals integer not null default 0, refused_at integer, paused_at integer, paused_reason text) strict;
INSERT INTO accounts VALUES('work','{"account":{"id":"11","login":"mia","name":"Mia"},"tokenKind":"personal access token","scopes":["api"],"expiresAt":null,"lacks":[],"inbox":true,"canAct":true}',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO accounts VALUES('github','{"account":{"id":"1001","login":"mia","name":"Mia"},"tokenKind":"classic token","scopes":["repo","notifications","read:org"],"expiresAt":null,"lacks":[],"teams":[],"inbox":true,"canAct":true}','{"limit":5000,"remaining":4978,"resetAt":"2026-11-21T06:17:29.000Z"}',NULL,0,NULL,NULL,NULL);
CREATE TABLE projects (
    connection_id text not null, project_id text not null, path text not null, project text not null,
    primary key (connection_id, project_id)) strict;
INSERT INTO projects VALUES('work','101','platform/core','{"connectionId":"work","id":"101","path":"platform/core","url":"http://127.0.0.1:44381/platform/core","defaultBranch":"main","hasWiki":true,"archived":false,"private":false,"lastActivityAt":"2026-11-21T05:17:27.282Z"}');
INSERT INTO projects VALUES('github','7001','acme/api','{"connectionId":"github","id":"7001","path":"acme/api","url":"http://127.0.0.1:42845/acme/api","handle":"R_UmVwb3NpdG9yeTo3MDAx","defaultBranch":"main","hasWiki":true,"archived":false,"private":false,"lastActivityAt":"2026-11-21T05:17:27Z"}');
CREATE TABLE project_paths (
    connection_id text not null, path text not null, project_id text not null,
    primary key (connection_id, path)) strict, without rowid;
INSERT INTO project_paths VALUES('github','acme/api','7001');
INSERT INTO project_paths VALUES('work','platform/core','101');
CREATE TABLE sources (
    id text primary key, connection_id text not null, kind text not null, project_id text, cursor text,
    due_at integer not null default 0, activity text not null default 'warm', min_interval_ms integer not null default 0,
    failures integer not null default 0, failing_since integer, last_error text, last_success_at integer,
    stale_told_at integer, paused_at integer, wanted integer not null default 1, last_poll_ms integer) strict;
INSERT INTO sources VALUES('work/inbox/-','work','inbox',NULL,'{"newestId":4001,"newestAt":"2026-11-21T05:17:34.496Z","from":"2026-11-21T05:17:29.000Z","recent":[4001]}',1795238260008,'hot',0,0,NULL,NULL,1795238259940,NULL,NULL,1,412);
INSERT INTO sources VALUES('work/pipelines/101','work','pipelines','101','{"newest":"2026-11-21T05:17:29.000Z","from":"2026-11-21T05:17:29.000Z","running":false,"turn":11}',1795238261012,'warm',0,0,NULL,NULL,1795238260460,NULL,NULL,1,412);
INSERT INTO sources VALUES('work/mergeRequests/101','work','mergeRequests','101','{"etag":"W/\"9e1bfa21409bb3ed58c1ebf508afd325\"","newest":"2026-11-21T05:17:36.548Z","from":"2026-11-21T05:17:29.000Z"}',1795238261017,'hot',0,0,NULL,NULL,1795238260035,NULL,NULL,1,412);
INSERT INTO sources VALUES('work/wiki/101','work','wiki','101','{"pages":{"runbook":"InrX9vS9kxKmAVZv"},"missing":[],"lastEvent":80006,"day":"2026-11-19","polls":0,"lists":1,"contents":true,"filter":true,"newest":"2026-11-21T05:17:39.546Z"}',1795238261014,'hot',0,0,NULL,NULL,1795238260542,NULL,NULL,1,412);
CREATE TABLE subjects (
    connection_id text not null, project_id text not null, type text not null, id text not null,
    revision text not null, snapshot text not null, open integer not null default 0, updated_at integer not null,
    primary key (connection_id, project_id, type, id)) strict, without rowid;
INSERT INTO subjects VALUES('github','7001','merge_request','1','dd224cba30317ae0','{"type":"merge_request","number":1,"title":"Log in with a passkey","url":"http://127.0.0.1:42845/acme/api/pull/1","state":"open","draft":false,"author":{"id":"1002","login":"ann","name":"Ann","bot":false},"base":"main","head":"passkeys","headSha":"bfbf6b1bfc32d4d4ba2446f49db6381673e9270d","labels":[],"assignments":[],"reviewRequests":[],"approvedBy":[],"conflict":false,"createdAt":"2026-11-21T05:17:37Z","updatedAt":"2026-11-21T05:17:38Z","mentioned":[],"descriptionHash":"JsB6DjKyEI81IHip","counts":{}}',0,1795238259967);
INSERT INTO subjects VALUES('github','7001','pipeline','19000000001','2:completed:success:2026-11-21T05:17:33Z','{"type":"pipeline","id":"19000000001","attempt":2,"number":1,"status":"success","rawStatus":"success","workflow":"CI","trigger":"push","branch":"main","sha":"3f80a61d9b1930f08b91d84b2214a5586e05c4b7","commitTitle":"Initial commit","actor":{"id":"1001","login":"mia","bot":false},"url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001","createdAt":"2026-11-21T05:17:30Z","startedAt":"2026-11-21T05:17:31Z","finishedAt":"2026-11-21T05:17:33Z","updatedAt":"2026-11-21T05:17:33Z"}',0,1795238254435);
INSERT INTO subjects VALUES('work','101','merge_request','1','EHrQ_SZWKx2aXtk3','{"type":"merge_request","number":1,"title":"Speed up the index","url":"http://127.0.0.1:44381/platform/core/-/merge_requests/1","state":"merged","draft":false,"author":{"id":"13","login":"bob","bot":false,"name":"Bob"},"endedBy":{"id":"11","login":"mia","bot":false,"name":"Mia"},"endedAt":"2026-11-21T05:17:36.548Z","base":"main","head":"fast-index","headSha":"8bc3c0917e32819bbbacf3e7ef0fc113b365448f","labels":[],"assignments":[],"reviewRequests":[],"approvedBy":[{"id":"11","login":"mia","bot":false,"name":"Mia"}],"conflict":false,"createdAt":"2026-11-21T05:17:34.495Z","updatedAt":"2026-11-21T05:17:36.548Z","mentioned":[],"descriptionHash":"c6fL2+LJQJcHdyQw","counts":{"asked/11":1}}',0,1795238257034);
INSERT INTO subjects VALUES('work','101','wiki_page','runbook','InrX9vS9kxKmAVZv','{"type":"wiki_page","slug":"runbook","title":"Runbook","change":"created","changeId":"event:80006","actor":{"id":"12","login":"ann","bot":false,"name":"Ann"},"url":"http://127.0.0.1:44381/platform/core/-/wikis/runbook","changeUrl":"http://127.0.0.1:44381/platform/core/-/wikis/runbook/history","at":"2026-11-21T05:17:39.546Z"}',0,1795238260541);
CREATE TABLE pipeline_lines (
    connection_id text not null, project_id text not null, line text not null, state text not null,
    primary key (connection_id, project_id, line)) strict, without rowid;
INSERT INTO pipeline_lines VALUES('github','7001',replace('CI\nmain\n','\n',char(10)),'{"lastFinal":"success","last":{"id":"19000000001","attempt":2,"number":1,"createdAt":"2026-11-21T05:17:30Z"},"failures":0,"failedPipelines":[]}');
CREATE TABLE events (
    id integer primary key, key text not null unique, kind text not null, connection_id text not null,
    project_id text not null, subject text not null, seen_at integer not null, event text not null) strict;
INSERT INTO events VALUES(1,'github/7001/pipeline/19000000001/1/failed','pipeline.failed','github','7001','github/7001/pipeline/19000000001',1795238250454,'{"key":"github/7001/pipeline/19000000001/1/failed","kind":"pipeline.failed","subject":{"connectionId":"github","projectId":"7001","type":"pipeline","id":"19000000001"},"actor":{"id":"1001","login":"mia","bot":false},"at":"2026-11-21T05:17:30Z","concerns":[{"personId":"1001","as":"starter"}],"attributes":{"branch":["main"],"status":["failed"],"workflow":["CI"],"author":["mia"],"actor":["mia"]},"detail":{"url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001"}}');
INSERT INTO events VALUES(2,'github/7001/pipeline/19000000001/2/started','pipeline.started','github','7001','github/7001/pipeline/19000000001',1795238253441,'{"key":"github/7001/pipeline/19000000001/2/started","kind":"pipeline.started","subject":{"connectionId":"github","projectId":"7001","type":"pipeline","id":"19000000001"},"actor":{"id":"1001","login":"mia","bot":false},"at":"2026-11-21T05:17:31Z","concerns":[{"personId":"1001","as":"starter"}],"attributes":{"branch":["main"],"status":["running"],"workflow":["CI"],"author":["mia"],"actor":["mia"]},"detail":{"url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001"}}');
INSERT INTO events VALUES(3,'github/7001/pipeline/19000000001/2/succeeded','pipeline.fixed','github','7001','github/7001/pipeline/19000000001',1795238254435,'{"key":"github/7001/pipeline/19000000001/2/succeeded","kind":"pipeline.fixed","subject":{"connectionId":"github","projectId":"7001","type":"pipeline","id":"19000000001"},"actor":{"id":"1001","login":"mia","bot":false},"at":"2026-11-21T05:17:33Z","concerns":[{"personId":"1001","as":"starter"}],"attributes":{"branch":["main"],"status":["success"],"workflow":["CI"],"author":["mia"],"actor":["mia"]},"detail":{"url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001","fixed":{"runs":1,"brokenSince":"2026-11-21T05:17:30Z","byNumber":1,"byUrl":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001"}}}');
INSERT INTO events VALUES(4,'work/101/mr/1/opened','merge_request.opened','work','101','work/101/merge_request/1',1795238254953,'{"key":"work/101/mr/1/opened","kind":"merge_request.opened","subject":{"connectionId":"work","projectId":"101","type":"merge_request","id":"1"},"actor":{"id":"13","login":"bob","bot":false,"name":"Bob"},"at":"2026-11-21T05:17:34.495Z","concerns":[],"attributes":{"author":["bob"],"reviewer":["mia"],"team":[],"assignee":[],"label":[],"base":["main"],"head":["fast-index"],"draft":["false"],"state":["open"],"actor":["bob"]},"detail":{"url":"http://127.0.0.1:44381/platform/core/-/merge_requests/1"},"happening":"work/101/mr/1/opened"}');
CREATE TABLE subscriptions (
    id text primary key, recipient text not null, projects text, features text not null, filter text not null,
    created_by text, created_at integer not null) strict;
CREATE TABLE watching (
    destination text not null, connection_id text not null, project_id text not null, told integer not null default 0,
    primary key (destination, connection_id, project_id)) strict, without rowid;
INSERT INTO watching VALUES('telegram:4242:','github','',1);
INSERT INTO watching VALUES('telegram:4242:','github','7001',1);
INSERT INTO watching VALUES('telegram:4242:','work','',1);
INSERT INTO watching VALUES('telegram:4242:','work','101',1);
CREATE TABLE deliveries (
    id integer primary key autoincrement, destination_key text not null, destination text not null, mode text not null,
    subject text, event_id integer references events (id), notice text, dedupe_key text not null unique,
    state text not null, attempts integer not null default 0, crashes integer not null default 0, next_attempt_at integer not null,
    created_at integer not null, claimed_at integer, settled_at integer, reason text, message_id text) strict;
INSERT INTO deliveries VALUES(1,'telegram:4242:','{"channel":"telegram","chat":"4242"}','notice',NULL,NULL,'{"name":"watching","values":{"connection":"github","count":1,"projects":"acme/api","more":0}}','telegram:4242:|notice|watching/github/b9563caee0130788','delivered',1,0,1795238249069,1795238249069,1795238249073,1795238249079,NULL,'3');
INSERT INTO deliveries VALUES(2,'telegram:4242:','{"channel":"telegram","chat":"4242"}','notice',NULL,NULL,'{"name":"watching","values":{"connection":"work","count":1,"projects":"platform/core","more":0}}','telegram:4242:|notice|watching/work/a2a0f86684c188ca','delivered',1,0,1795238249983,1795238249983,1795238250080,1795238250086,NULL,'4');
INSERT INTO deliveries VALUES(3,'telegram:4242:','{"channel":"telegram","chat":"4242"}','ping','github/7001/pipeline/19000000001',1,NULL,'telegram:4242:|event|github/7001/pipeline/19000000001/1/failed','delivered',1,0,1795238250454,1795238250454,1795238251087,1795238251100,NULL,'5');
INSERT INTO deliveries VALUES(4,'telegram:4242:','{"channel":"telegram","chat":"4242"}','update','github/7001/pipeline/19000000001',NULL,NULL,'telegram:4242:|update|github/7001/pipeline/19000000001|3M-kUju6','delivered',1,0,1795238251126,1795238251126,1795238252151,1795238252158,NULL,'5');
CREATE TABLE destinations (
    key text primary key, wait_until integer not null default 0, parked_at integer, parked_reason text) strict;
CREATE TABLE chat_moves (channel text not null, chat text not null, moved_to text not null,
    primary key (channel, chat)) strict, without rowid;
CREATE TABLE cards (
    destination text not null, subject text not null, message_id text not null, fingerprint text not null,
    updated_at integer not null, primary key (destination, subject)) strict, without rowid;
INSERT INTO cards VALUES('telegram:4242:','github/7001/merge_request/1','11','1may_DIkwykQXz-Bldaofy',1795238259552);
INSERT INTO cards VALUES('telegram:4242:','github/7001/pipeline/19000000001','5','o4tlI6kI5AfBo656yph14U',1795238254497);
INSERT INTO cards VALUES('telegram:4242:','work/101/merge_request/1','7','ZqzfSs9qRoBXdmtr10TGqa',1795238257526);
INSERT INTO cards VALUES('telegram:4242:','work/101/wiki_page/runbook','12','h9i9I1_bRTPSe72FyKQ2iJ',1795238260604);
CREATE TABLE messages (
    chat text not null, message_id text not null, subject text not null, primary key (chat, message_id)) strict, without rowid;
INSERT INTO messages VALUES('4242','10','github/7001/merge_request/1');
INSERT INTO messages VALUES('4242','11','github/7001/merge_request/1');
INSERT INTO messages VALUES('4242','5','github/7001/pipeline/19000000001');
INSERT INTO messages VALUES('4242','7','work/101/merge_request/1');
CREATE TABLE members (id text primary key, role text not null, name text not null, added_at integer not null) strict;
INSERT INTO members VALUES('4242','owner','Mia',1795238247941);
CREATE TABLE strangers (id text primary key, greeted_at integer not null) strict;
CREATE TABLE pairings (code_hash text primary key, expires_at integer not null) strict;
CREATE TABLE updates (
    update_id integer primary key, payload text not null, state text not null, tries integer not null default 0,
    note text, received_at integer not null) strict;
INSERT INTO updates VALUES(700000001,'{"update_id":700000001,"message":{"message_id":1,"from":{"id":4242,"is_bot":false,"first_name":"Mia","username":"mia"},"chat":{"id":4242,"type":"private","first_name":"Mia","username":"mia"},"date":1795238247,"text":"/start t8Bgl9vMMtX1iOKfwBHoUg","entities":[{"type":"bot_command","offset":0,"length":6}]}}','done',1,NULL,1795238247934);
INSERT INTO updates VALUES(700000002,'{"update_id":700000002,"callback_query":{"id":"4000000000000001","from":{"id":4242,"is_bot":false,"first_name":"Mia","username":"mia"},"message":{"message_id":5,"from":{"id":700000001,"is_bot":true,"first_name":"gitnotify","username":"gitnotify_sandbox_bot"},"chat":{"id":4242,"type":"private","first_name":"Mia","username":"mia"},"date":1795238251,"text":"❌ CI #1 failed · main · acme/api\n• test › Run npm test\nby mia · 3f80a61 “Initial commit” · 0 s","entities":[{"type":"text_link","offset":2,"length":12,"url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001"},{"type":"text_link","offset":35,"length":4,"url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001/job/19000000003"}],"reply_markup":{"inline_keyboard":[[{"text":"Retry","callback_data":"zt77JTjWi-6pXENdYJUr4A"},{"text":"Retry failed","callback_data":"4JF3SAU6wt4rRRQ96N_-Xg"}],[{"text":"Log","callback_data":"ma2C7wYd6vrmq0_eIDDPwQ"},{"text":"Open","url":"http://127.0.0.1:42845/acme/api/actions/runs/19000000001"}]]}},"chat_instance":"4242","data":"zt77JTjWi-6pXENdYJUr4A"}}','done',1,NULL,1795238251103);
INSERT INTO updates VALUES(700000003,'{"update_id":700000003,"callback_query":{"id":"4000000000000002","from":{"id":4242,"is_bot":false,"first_name":"Mia","username":"mia"},"message":{"message_id":7,"from":{"id":700000001,"is_bot":true,"first_name":"gitnotify","username":"gitnotify_sandbox_bot"},"chat":{"id":4242,"type":"private","first_name":"Mia","username":"mia"},"date":1795238255,"text":"👀 Bob asks you to review\n🟢 platform/core MR !1 · Speed up the index\nopen · bob → main · waits for mia · at 8bc3c09","entities":[{"type":"bold","offset":0,"length":25},{"type":"text_link","offset":29,"length":19,"url":"http://127.0.0.1:44381/platform/core/-/merge_requests/1"},{"type":"bold","offset":51,"length":18}],"reply_markup":{"inline_keyboard":[[{"text":"Approve","style":"success","callback_data":"ub62lSQFEHp_vA7ov5kPKQ"},{"text":"Merge","callback_data":"BuMWjKvdfFzCvzG8CdPbXA"}],[{"text":"Open","url":"http://127.0.0.1:44381/platform/core/-/merge_requests/1"}]]}},"chat_instance":"4242","data":"ub62lSQFEHp_vA7ov5kPKQ"}}','done',1,NULL,1795238255508);
INSERT INTO updates VALUES(700000004,'{"update_id":700000004,"callback_query":{"id":"4000000000000003","from":{"id":4242,"is_bot":false,"first_name":"Mia","username":"mia"},"message":{"message_id":7,"from":{"id":700000001,"is_bot":true,"first_name":"gitnotify","username":"gitnotify_sandbox_bot"},"chat":{"id":4242,"type":"private","first_name":"Mia","username":"mia"},"date":1795238255,"edit_date":1795238256,"text":"🟢 platform/core MR !1 · Speed up the index\nopen · bob → main · 1 approval · at 8bc3c09\n👀 Bob asks you to review\n👍 Mia approves","entities":[{"type":"text_link","offset":3,"length":19,"url":"http://127.0.0.1:44381/platform/core/-/merge_requests/1"},{"type":"bold","offset":25,"length":18}],"reply_markup":{"inline_keyboard":[[{"text":"Approve","style":"success","callback_data":"Qq5f5-g5SGLw0zoLSsx0jw"},{"text":"Merge","callback_data":"MXMKnmkY4rffgSxWqOxgfg"}],[{"text":"Open","url":"http://127.0.0.1:44381/platform/core/-/merge_requests/1"}]]}},"chat_instance":"4242","data":"MXMKnmkY4rffgSxWqOxgfg"}}','done',1,NULL,1795238256520);
CREATE TABLE nonces (
    nonce text primary key, meaning text not null, chat text not null, person text, batch text not null,
    expires_at integer not null, used_at integer) strict, without rowid;
INSERT INTO nonces VALUES('4JF3SAU6wt4rRRQ96N_-Xg','{"do":"act","verb":"retry_failed","subject":{"connectionId":"github","projectId":"7001","type":"pipeline","id":"19000000001"},"projectPath":"acme/api","sha":"3f80a61d9b1930f08b91d84b2214a5586e05c4b7","branch":"main"}','4242','4242','-jcxxuT2Emtj',1795324651093,NULL);
INSERT INTO nonces VALUES('5oncHycuDHVSBhKag35tZw','{"do":"act","verb":"cancel","subject":{"connectionId":"github","projectId":"7001","type":"pipeline","id":"19000000001"},"projectPath":"acme/api","sha":"3f80a61d9b1930f08b91d84b2214a5586e05c4b7","branch":"main"}','4242','4242','M2rnX7fj2uvk',1795324653450,NULL);
INSERT INTO nonces VALUES('7XXec-kSOGVH0aowEIUGrg','{"do":"act","verb":"merge","subject":{"connectionId":"github","projectId":"7001","type":"merge_request","id":"1"},"projectPath":"acme/api","sha":"bfbf6b1bfc32d4d4ba2446f49db6381673e9270d","branch":"passkeys → main"}','4242','4242','nnyPRHMEvYMM',1795324658530,NULL);
INSERT INTO nonces VALUES('9g2j3idhJQKu7gTWGYFu-g','{"do":"confirmed","verb":"merge","subject":{"connectionId":"work","projectId":"101","type":"merge_request","id":"1"},"projectPath":"platform/core","sha":"8bc3c0917e32819bbbacf3e7ef0fc113b365448f","branch":"fast-index → main"}','4242','4242','fTb1UPwCJklN',1795239156530,1795238256539);
CREATE TABLE audit (
    id integer primary key autoincrement, at integer not null, person text not null, chat text not null,
    connection_id text not null, project text not null, action text not null, target text not null, sha text,
    account text, result text not null, detail text, started_id integer, request text,
    previous_hash text not null, hash text not null) strict;
INSERT INTO audit VALUES(1,1795238251114,'4242','4242','github','acme/api','retry','pipeline 19000000001',NULL,'mia','started',NULL,NULL,'nonce:zt77JTjWi-6pXENdYJUr4A','','f94e99116100c8c50b49ae6925d3c71ed00dc683c73c0649773071731986d4dd');
INSERT INTO audit VALUES(2,1795238251120,'4242','4242','github','acme/api','retry','pipeline 19000000001',NULL,'mia','done',NULL,1,'nonce:zt77JTjWi-6pXENdYJUr4A','f94e99116100c8c50b49ae6925d3c71ed00dc683c73c0649773071731986d4dd','d5042367fede5c4f655f3bdc232038e8b1ddf76021527b4abdb18e977754c1d8');
INSERT INTO audit VALUES(3,1795238255513,'4242','4242','work','platform/core','approve','merge_request 1','8bc3c0917e32819bbbacf3e7ef0fc113b365448f','mia','started',NULL,NULL,'nonce:ub62lSQFEHp_vA7ov5kPKQ','d5042367fede5c4f655f3bdc232038e8b1ddf76021527b4abdb18e977754c1d8','e4790a451f25ee22625ab8c0fb43d5f3ea0c1d5dbbdb7cadce381d94d4dc4adc');
INSERT INTO audit VALUES(4,1795238255516,'4242','4242','work','platform/core','approve','merge_request 1','8bc3c0917e32819bbbacf3e7ef0fc113b365448f','mia','done',NULL,3,'nonce:ub62lSQFEHp_vA7ov5kPKQ','e4790a451f25ee22625ab8c0fb43d5f3ea0c1d5dbbdb7cadce381d94d4dc4adc','c5bbd92085b19910f56949f456f26481fd4d8d1b62910b03a2d8fc506062382a');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('deliveries',4);
INSERT INTO sqlite_sequence VALUES('audit',4);
CREATE INDEX sources_due on sources (kind, due_at) where wanted = 1;
CREATE INDEX subjects_open on subjects (connection_id, project_id) where open = 1;
CREATE INDEX subjects_ended on subjects (updated_at) where open = 0;
CREATE INDEX events_subject on events (subject, id);
CREATE INDEX events_seen on events (seen_at);
CREATE INDEX deliveries_owed on deliveries (destination_key, id) where state in ('pending', 'sending', 'unknown');
CREATE INDEX deliveries_shown on deliveries (destination_key, subject, event_id) where state = 'delivered';
CREATE INDEX deliveries_of_event on deliveries (event_id) where event_id is not null;
CREATE INDEX deliveries_of_subject on deliveries (subject) where state in ('pending', 'sending', 'unknown');
CREATE INDEX deliveries_settled on deliveries (settled_at) where settled_at is not null;
CREATE INDEX cards_of_subject on cards (subject);
CREATE INDEX messages_of_subject on messages (subject);
CREATE UNIQUE INDEX members_one_owner on members (role) where role = 'owner';
CREATE INDEX updates_pending on updates (update_id) where state = 'pending';
CREATE INDEX nonces_expired on nonces (expires_at);
CREATE INDEX nonces_of_batch on nonces (batch);
CREATE UNIQUE INDEX audit_once on audit (request) where result = 'started';
CREATE TRIGGER audit_is_never_deleted before delete on audit begin select raise(abort, 'the audit is append-only'); end;
CREATE TRIGGER audit_is_never_changed before update on audit begin select raise(abort, 'the audit is append-only'); end;
CREATE INDEX deliveries_dead on deliveries (id) where state = 'dead';
alter table nonces add column used_by text;
create table told (what text not null, at integer not null) strict;
create index told_what on told (what, at);
create index told_at on told (at);
insert into told (what, at) values ('dead', 1763700000000);
create table shortfalls ( source_id text not null, code text not null, key text not null, details text not null, began_at integer not null, told_at integer, ended_at integer, primary key (source_id, code, key)) strict, without rowid;
alter table accounts add column down_since integer;
alter table accounts add column down_reason text;
alter table accounts add column probe_at integer;
