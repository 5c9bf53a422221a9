-- Models that nobody may remove, whatever the configuration says.
create table protection (
  model varchar(700) primary key,
  since bigint not null
);
