alter table horse add column colour varchar(20);
