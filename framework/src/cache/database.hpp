// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace morgana::host {

class Statement;

/// A SQLite database in write-ahead mode, which waits for other processes instead of failing. Used by one thread at
/// a time.
class Database {
 public:
  explicit Database(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const char* sql);
  Statement prepare(const char* sql);

 private:
  friend class Statement;
  [[noreturn]] void fail(std::string_view doing) const;

  std::string file_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement; `start` binds its parameters, `next` steps through its rows.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  template <typename... Values>
  Statement& start(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }
  /// Runs a statement that gives no rows.
  template <typename... Values>
  void run(const Values&... values) {
    start(values...);
    while (next()) {
    }
    reset();
  }

  bool next();
  std::string text(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  void reset();

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}
  // The text must live until the statement is reset.
  void bind(int index, std::string_view value);
  void bind(int index, std::int64_t value);
  void bind(int index, double value);

  Database* database_;
  sqlite3_stmt* handle_;
};

/// Everything done during its life, as one transaction; undone unless `commit` is called.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool done_ = false;
};

}  // namespace morgana::host
