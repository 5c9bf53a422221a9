-- The first table is a promise to outside programs: these columns, these types, nothing more. It
-- may be here already, written by one of them.
create table if not exists downloaded_models (
  id INTEGER PRIMARY KEY,
  model_id VARCHAR(200) UNIQUE,
  display_name VARCHAR(500),
  repo_id VARCHAR(500),
  filename VARCHAR(500),
  quantization VARCHAR(100),
  parameters FLOAT,
  context_window INTEGER,
  file_size_mb FLOAT,
  file_path VARCHAR(1000),
  ollama_model_name VARCHAR(500),
  source VARCHAR(50),
  tags JSON,
  downloaded_at DATETIME,
  last_used DATETIME
);

-- What was seen of a model on the backends; times in epoch milliseconds.
create table if not exists library_state (
  model_id varchar(200) primary key,
  digest varchar(80) not null,
  size_bytes bigint not null,
  seen_at bigint not null,
  gone_at bigint
);

create table if not exists library_node (
  model_id varchar(200) not null,
  backend varchar(64) not null,
  primary key (model_id, backend)
);

-- Models that somebody stopped tracking: nothing adopts them by itself again.
create table if not exists library_untracked (
  model_id varchar(200) primary key,
  since bigint not null
);
