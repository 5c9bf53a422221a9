-- Download jobs, so that they go on after a restart. What has been fetched is noted beside the bytes.
create table pull (
  id varchar(32) primary key,
  store varchar(64) not null,
  model varchar(700) not null,
  target varchar(64) not null,
  state varchar(32) not null,
  asked_by varchar(100) not null,
  attempt integer not null,
  bytes_done bigint not null,
  bytes_total bigint not null,
  started_at bigint not null,
  ended_at bigint,
  missing integer not null,
  error varchar(2000) not null,
  next varchar(2000) not null
);

create index pull_store on pull (store, started_at);
