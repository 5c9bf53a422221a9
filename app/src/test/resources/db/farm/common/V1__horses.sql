create table horse (name varchar(100) primary key, age bigint, owner varchar(100));
