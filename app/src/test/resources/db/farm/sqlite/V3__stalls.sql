create table stall (id integer primary key autoincrement, horse varchar(100) not null references horse (name));
