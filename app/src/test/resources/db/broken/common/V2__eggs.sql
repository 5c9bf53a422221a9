alter table hen add column eggs bigint;
alter table cock add column eggs bigint;
