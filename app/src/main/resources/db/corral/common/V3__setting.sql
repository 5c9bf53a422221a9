-- What the program decided once and keeps to: name and value.
create table setting (
  name varchar(100) primary key,
  value varchar(1000) not null
);
