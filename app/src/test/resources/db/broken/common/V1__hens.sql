create table hen (name varchar(100));
