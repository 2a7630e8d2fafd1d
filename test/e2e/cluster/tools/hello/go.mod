module mssql-ha.test/cluster/hello

go 1.24.0
