create table stall (id bigint generated always as identity primary key, horse varchar(100) not null references horse (name));
