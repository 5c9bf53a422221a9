-- Backends that were added while the program ran. Their key is kept as it is, because it is sent.
create table backend (
  name varchar(64) primary key,
  url varchar(1000) not null,
  kind varchar(20) not null,
  bearer varchar(1000) not null,
  added_at bigint not null
);
