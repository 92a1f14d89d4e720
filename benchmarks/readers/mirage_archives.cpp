// SPDX-License-Identifier: Apache-2.0
// Archives beside inflating alone, and memory beside the size of a file.
// usage: morgana_benchmark_mirage_archives [megabytes] [pairs]
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <thread>
#include <vector>

#include "biflow_stream.hpp"
#include "capture_maker.hpp"
#include "trace_collector.hpp"

namespace {

using namespace morgana;
namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// An archive of captures of 20 MB each, as the releases' members are.
void make_archive(const fs::path& file, bool zip, const std::string& capture, std::size_t members) {
  archive* out = archive_write_new();
  if (zip) archive_write_set_format_zip(out);
  else archive_write_set_format_pax_restricted(out), archive_write_add_filter_gzip(out);
  archive_write_open_filename(out, file.c_str());
  for (std::size_t i = 0; i < members; ++i) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, fmt::format("Mi5_38_a4_ed_18_cc_bf/{}_None.json", i).c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(capture.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(out, entry);
    archive_write_data(out, capture.data(), capture.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
}

/// What `gzip -dc >/dev/null` does: zlib alone, its checksum included.
std::uint64_t inflate_alone(const fs::path& file) {
  std::vector<unsigned char> packed(256 * 1024), plain(256 * 1024);
  std::FILE* in = std::fopen(file.c_str(), "rb");
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::uint64_t total = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (stream.avail_in == 0) {
      stream.avail_in = static_cast<uInt>(std::fread(packed.data(), 1, packed.size(), in));
      stream.next_in = packed.data();
      if (stream.avail_in == 0) break;
    }
    stream.next_out = plain.data();
    stream.avail_out = static_cast<uInt>(plain.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) std::abort();
    total += plain.size() - stream.avail_out;
  }
  inflateEnd(&stream);
  std::fclose(in);
  return total;
}

std::size_t read_by_stage(const fs::path& file, int threads) {
  morgana::testing::StageRunner stage(morgana_plugin(), "read.mirage-2019");
  stage.context.thread_count = threads;
  return stage.set("path", file.string()).run().output<Traces>("traces")->size();
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void compare(const std::string& what, std::size_t pairs, const std::function<void()>& us,
             const std::function<void()>& them) {
  std::vector<double> ratios;
  double least_us = 1e9, least_them = 1e9;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const double theirs = seconds_of(them), ours = seconds_of(us);
    ratios.push_back(ours / theirs);
    least_us = std::min(least_us, ours), least_them = std::min(least_them, theirs);
  }
  std::sort(ratios.begin(), ratios.end());
  fmt::print("  {:<52} {:5.2f} x the time (range {:.2f} to {:.2f}, {} pairs; least {:.2f} s beside {:.2f} s)\n", what,
             ratios[ratios.size() / 2], ratios.front(), ratios.back(), pairs, least_us, least_them);
}

/// A capture file of any size that needs no room: its biflows over and over.
class Endless final : public files::ByteSource {
 public:
  Endless(const std::string& capture, std::uint64_t bytes) : capture_(capture), left_(bytes) {}
  std::size_t read(char* into, std::size_t capacity) override {
    // "{a, b}" is given as "{a, b, a, b}".
    if (at_ + 1 >= capture_.size()) {
      if (left_ == 0) {
        if (ended_) return 0;
        ended_ = true;
        *into = '}';
        return 1;
      }
      at_ = 0;
      separator_ = true;
    }
    const auto count = std::min(capacity, capture_.size() - 1 - at_);
    std::memcpy(into, capture_.data() + at_, count);
    if (separator_) *into = ',', separator_ = false;
    at_ += count;
    left_ -= std::min<std::uint64_t>(left_, count);
    return count;
  }

 private:
  const std::string& capture_;
  std::uint64_t left_;
  std::size_t at_ = 0;
  bool separator_ = false, ended_ = false;
};

double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

void show_memory(const std::string& capture) {
  fmt::print("memory above the start while one file is read, no trace kept\n");
  for (const std::uint64_t megabytes : {100, 300, 1000, 2000, 5000}) {
    ::malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5";
    const double before = peak_megabytes();
    mirage::Selection selection;
    selection.form.channels = {"PL", "IAT", "DIR"};
    selection.form.kept.most = 0;
    selection.form.kept.least = 1000000;
    const auto wanted = selection.wanted();
    mirage::TraceCollector collector(selection);
    collector.begin_file("1_None.json");
    Endless source(capture, megabytes * 1000000);
    mirage::BiflowStream stream(source, "file");
    mirage::Biflow biflow;
    const double seconds = seconds_of([&] {
      while (stream.next()) {
        mirage::read_biflow(stream, wanted, biflow);
        collector.add(stream.key(), biflow);
      }
    });
    fmt::print("  {:>5} MB: {:5.2f} MB, {} biflows, {:.2f} GB/s\n", megabytes, peak_megabytes() - before,
               collector.biflows(), static_cast<double>(megabytes) / 1000 / seconds);
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t megabytes = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 200;
  const std::size_t pairs = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 5;
  const auto folder = fs::temp_directory_path() / fmt::format("morgana-benchmark-{}", ::getpid());
  fs::create_directories(folder);
  double load[1] = {};
  ::getloadavg(load, 1);
  fmt::print("wall time, load average {:.1f}\n", load[0]);
  benchmark::make_capture(folder / "capture", 20000000, benchmark::Shape::kReleased);
  const auto capture = content(folder / "capture");
  make_archive(folder / "a.tar.gz", false, capture, std::max<std::size_t>(megabytes / 20, 1));
  make_archive(folder / "a.zip", true, capture, std::max<std::size_t>(megabytes / 20, 1));
  const auto alone = [&] { inflate_alone(folder / "a.tar.gz"); };
  fmt::print("{} MB of captures in {} MB of tar.gz, beside zlib inflating it on one thread\n", megabytes,
             fs::file_size(folder / "a.tar.gz") / 1000000);
  compare("inflating again (A/A)", pairs, alone, alone);
  // 1 where two cores are free, 2 where there is one: what two threads can gain below.
  compare(
      "inflating twice, side by side", pairs,
      [&] {
        std::jthread other(alone);
        alone();
      },
      alone);
  for (const int threads : {1, 2})
    for (const char* name : {"a.tar.gz", "a.zip"})
      compare(
          fmt::format("{} to traces, {} thread{}", name, threads, threads == 1 ? "" : "s"), pairs,
          [&] { read_by_stage(folder / name, threads); }, alone);
  show_memory(capture);
  fs::remove_all(folder);
}
