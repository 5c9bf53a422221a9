-- What people have said of a job besides its state, so that a restart does not forget who waits and who could not wait for the window.
alter table pull add column wanted integer not null default 0;
alter table pull add column hurried integer not null default 0;
