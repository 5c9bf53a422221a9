-- Why a job failed, where the outside tells kinds of failure apart: missing, denied, no-room; else empty.
alter table pull add column cause varchar(32) not null default '';
update pull set cause = 'missing' where missing <> 0;
alter table pull drop column missing;
