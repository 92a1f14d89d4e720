// SPDX-License-Identifier: Apache-2.0
#include "cache/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "morgana/error.hpp"

namespace morgana::host {

// Another run holds the write lock for milliseconds; a minute means that something is broken.
constexpr int kBusyMilliseconds = 60'000;

Database::Database(const std::filesystem::path& file) : file_(file.string()) {
  if (sqlite3_open(file_.c_str(), &handle_) != SQLITE_OK) {
    std::string cause = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    // SQLite's own words are "unable to open database file".
    if (const int fault = handle_ ? sqlite3_system_errno(handle_) : 0; fault != 0) cause = std::strerror(fault);
    sqlite3_close(handle_);
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) cause = "it is a folder";
    throw Error("cannot open the cache's index {}: {}", file_, cause).hint("choose another cache with --cache FOLDER");
  }
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  try {
    // The index can be made again from the entries, so it need not survive a power cut at every commit.
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = NORMAL");
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Database::~Database() { sqlite3_close(handle_); }

void Database::run(const char* sql) {
  // SQLite's own waiting leaves out what needs the file alone, such as a new file's change to WAL: two runs that start
  // at once on a new cache meet there.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMilliseconds);
  int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  while (result == SQLITE_BUSY && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  }
  if (result != SQLITE_OK) fail("update");
}

Statement Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) fail("query");
  return Statement(*this, statement);
}

void Database::fail(std::string_view doing) const {
  const int fault = sqlite3_errcode(handle_) & 0xff;  // without the extended part
  Error error("cannot {} the cache's index {}: {}", doing, file_, sqlite3_errmsg(handle_));
  if (fault == SQLITE_CORRUPT || fault == SQLITE_NOTADB)
    throw std::move(error).hint(fmt::format("delete it: rm {}*; it is made again from the entries", file_));
  if (fault == SQLITE_FULL || fault == SQLITE_IOERR) throw std::move(error).hint("see whether the disk is full: df -h");
  throw error;
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)) {}

Statement::~Statement() { sqlite3_finalize(handle_); }

bool Statement::next() {
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_->fail("use");
  return false;
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (data == nullptr) return {};
  return std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

void Statement::reset() { sqlite3_reset(handle_); }

void Statement::bind(int index, std::string_view value) {
  sqlite3_bind_text(handle_, index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}
void Statement::bind(int index, std::int64_t value) { sqlite3_bind_int64(handle_, index, value); }
void Statement::bind(int index, double value) { sqlite3_bind_double(handle_, index, value); }

Transaction::~Transaction() {
  if (done_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const Error&) {
    // Nothing was written; the fault that brought us here is the one to report.
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  done_ = true;
}

}  // namespace morgana::host
