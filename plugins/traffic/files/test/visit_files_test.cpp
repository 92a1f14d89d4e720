// SPDX-License-Identifier: Apache-2.0
#include "files/visit_files.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <random>
#include <set>

#include "files/test/temporary_folder.hpp"
#include "morgana/error.hpp"
#include "packing.hpp"

namespace morgana::files {
namespace {

using packing::archive;
using packing::Format;
using packing::gzip;
using packing::Member;
using testing::TemporaryFolder;
using Texts = std::vector<std::pair<std::string, std::string>>;

struct Seen {
  Texts files;  ///< by order
  Omissions left_out;
  std::string error;
};

Seen seen(const std::filesystem::path& path, int threads = 1, ArchiveLimits limits = {}, Endings endings = {".json"}) {
  Seen seen;
  BytesRead bytes;
  std::mutex mutex;
  std::map<std::pair<std::uint64_t, std::size_t>, std::pair<std::string, std::string>> found;
  try {
    seen.left_out = visit_files_in_parallel(path, endings, bytes, {.threads = threads, .limits = limits},
                                            [&](const FileVisit& file, ByteSource& source) {
                                              EXPECT_LT(file.worker, static_cast<std::size_t>(threads));
                                              auto text = packing::text_of(source);
                                              const std::lock_guard lock(mutex);
                                              found[{file.order, found.size()}] = {file.name, std::move(text)};
                                            });
  } catch (const Error& error) {
    seen.error = error.what();
  }
  for (auto& [order, file] : found) seen.files.push_back(std::move(file));
  return seen;
}

std::string text(char letter, std::size_t size = 5000) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(letter + static_cast<char>(i * i % 7));
  return text;
}

const Texts kTree{{"Meet/1.json", text('a')}, {"Zoom/2.json", text('h', 700000)}, {"Zoom/sub/3.json", text('p', 0)}};

std::vector<Member> members_of(const Texts& texts, const std::string& below = "") {
  std::vector<Member> members{{below + "README.txt", "not wanted"}};
  for (const auto& [name, content] : texts) members.push_back({below + name, content});
  return members;
}

TEST(VisitFiles, ReadsEveryPackingAlikeOnAnyNumberOfThreads) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : kTree) folder.write("tree/" + name, content);
  folder.write("tree/other.txt", "not wanted");
  std::vector<std::filesystem::path> paths{folder.path / "tree"};
  const std::vector<std::pair<std::string, Format>> packings{
      {"a.zip", Format::kZip},        {"stored.zip", Format::kStoredZip}, {"a.tar", Format::kTar},
      {"a.tar.gz", Format::kTarGzip}, {"a.tar.zst", Format::kTarZstd},    {"a.tar.xz", Format::kTarXz}};
  for (const auto& [name, format] : packings) {
    paths.push_back(folder.write(name, archive(format, members_of(kTree))));
    paths.push_back(folder.write("no-ending-" + name.substr(0, 5), archive(format, members_of(kTree))));
  }
  for (const auto& path : paths)
    for (const int threads : {1, 2, 3, 8}) {
      const auto found = seen(path, threads);
      EXPECT_EQ(found.error, "");
      EXPECT_EQ(found.files, kTree) << path << ' ' << threads;
      EXPECT_TRUE(found.left_out.empty()) << found.left_out.summary();
    }
}

TEST(VisitFiles, ReadsArchivesInArchivesAsIfUnpackedInTheirPlace) {
  const TemporaryFolder folder;
  const auto zoom = archive(Format::kZip, {{"Zoom/1.json", "one"}, {"Zoom/2.json.gz", gzip("two")}});
  const auto loose = archive(Format::kTarGzip, {{"3.json", "three"}, {"4.JSON", "four"}});
  const auto outer = folder.write(
      "outer.zip", archive(Format::kZip, {{"raw/Zoom.zip", zoom}, {"raw/Meet.tar.gz", loose}, {"5.json", "five"}}));
  const Texts expected{{"raw/Zoom/1.json", "one"},
                       {"raw/Zoom/2.json.gz", "two"},
                       {"raw/Meet/3.json", "three"},
                       {"raw/Meet/4.JSON", "four"},
                       {"5.json", "five"}};
  for (const int threads : {1, 2, 4}) {
    EXPECT_EQ(seen(outer, threads).files, expected);
    EXPECT_EQ(
        seen(folder.write(
                 "outer.tar.gz",
                 gzip(archive(Format::kTar, {{"raw/Zoom.zip", zoom}, {"raw/Meet.tar.gz", loose}, {"5.json", "five"}}))),
             threads)
            .files,
        expected);
  }
  // A folder of archives is what one finds after unpacking the outer one.
  folder.write("folder/Zoom.zip", zoom);
  folder.write("folder/Meet.zip", archive(Format::kZip, {{"Meet/0.json", "zero"}}));
  EXPECT_EQ(seen(folder.path / "folder", 2).files,
            (Texts{{"Meet/0.json", "zero"}, {"Zoom/1.json", "one"}, {"Zoom/2.json.gz", "two"}}));
}

TEST(VisitFiles, ReadsLooseFilesRatherThanTheArchivesBesideThem) {
  const TemporaryFolder folder;
  folder.write("Zoom.zip", archive(Format::kZip, {{"Zoom/1.json", "one"}}));
  folder.write("Zoom/1.json", "one");
  const auto found = seen(folder.path);
  EXPECT_EQ(found.files, (Texts{{"Zoom/1.json", "one"}}));
  EXPECT_EQ(found.left_out.summary(), "archive beside loose files (1)");
}

TEST(VisitFiles, EntersEachFolderOnce) {
  const TemporaryFolder folder;
  folder.write("a/1.json", "one");
  std::filesystem::create_directory_symlink(folder.path, folder.path / "a/loop");
  std::filesystem::create_directory_symlink(folder.path / "a", folder.path / "b");
  const auto found = seen(folder.path);
  EXPECT_EQ(found.files, (Texts{{"a/1.json", "one"}}));
  EXPECT_EQ(found.left_out.summary(), "folder that a link leads to again (2)");
}

TEST(VisitFiles, LeavesOutAndCountsWhatLeadsOutOfAnArchive) {
  const TemporaryFolder folder;
  for (const auto format : {Format::kTarGzip, Format::kZip}) {
    std::vector<Member> members{{"good.json", "good"},
                                {"../../evil.json", "evil"},
                                {"/etc/evil.json", "evil"},
                                {"a/../evil.json", "evil"},
                                {"link.json", "/etc/passwd", Member::Kind::kSymbolicLink},
                                {"__MACOSX/._good.json", "fork"},
                                {"fake.zip", "no archive"}};
    if (format == Format::kTarGzip) members.push_back({"hard.json", "good.json", Member::Kind::kHardLink});
    const auto file = folder.write("evil", archive(format, members));
    for (const int threads : {1, 3}) {
      const auto found = seen(file, threads);
      EXPECT_EQ(found.error, "");
      EXPECT_EQ(found.files, (Texts{{"good.json", "good"}}));
      EXPECT_EQ(found.left_out.of("path with .. in an archive"), 2);
      EXPECT_EQ(found.left_out.of("absolute path in an archive"), 1);
      EXPECT_EQ(found.left_out.of("link in an archive"), format == Format::kTarGzip ? 2 : 1);
      EXPECT_EQ(found.left_out.of("file of macOS's own"), 1);
      EXPECT_EQ(found.left_out.of("file named as an archive that is none"), 1);
      TraceTable table;
      found.left_out.write_to(table);
      EXPECT_NE(table.notes.at("skipped: absolute path in an archive").find("evil:/etc/evil.json"), std::string::npos);
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path.parent_path() / "evil.json"));
  }
  const auto only = folder.write("only.zip", archive(Format::kZip, {{"../evil.json", "evil"}}));
  EXPECT_EQ(seen(only).error, "no .json file in " + only.string() + "; left out: path with .. in an archive (1)");
}

TEST(VisitFiles, StopsAtWhatInflatesOutOfProportion) {
  const TemporaryFolder folder;
  const std::string zeros(8 << 20, ' ');
  const std::vector<std::pair<std::string, std::string>> bombs{
      {"b.zip", archive(Format::kZip, {{"good.json", "good"}, {"bomb.json", zeros}})},
      {"b.tar.gz", archive(Format::kTarGzip, {{"good.json", "good"}, {"bomb.json", zeros}})},
      {"b.json.gz", gzip(zeros)},
      {"b.tar.zst", archive(Format::kTarZstd, {{"bomb.json", zeros}})},
      {"nested.zip", archive(Format::kStoredZip,
                             {{"in.zip", archive(Format::kZip, {{"good.json", "good"}, {"bomb.json", zeros}})}})}};
  for (const auto& [name, bytes] : bombs)
    for (const int threads : {1, 2}) {
      const auto file = folder.write(name, bytes);
      ArchiveLimits wary;
      wary.ratio = 10;
      const auto error = seen(file, threads, wary).error;
      EXPECT_EQ(error.find(file.string()), 0u) << error;
      EXPECT_NE(error.find(" inflates to more than 10 times its size; where the file can be trusted, unpack it and "
                           "name the folder"),
                std::string::npos)
          << error;
      if (!name.ends_with(".gz")) {
        EXPECT_NE(error.find("bomb.json"), std::string::npos) << error;
      }
      EXPECT_EQ(seen(file, threads).error, "");  // so little is let through
    }
  ArchiveLimits small;
  small.total_bytes = 1000;
  small.remedy = "raise it";
  const auto zip =
      folder.write("t.zip", archive(Format::kZip, {{"1.json", text('a', 600)}, {"2.json", text('b', 600)}}));
  EXPECT_EQ(seen(zip, 1, small).error, zip.string() + ":2.json: more than 1000 bytes were inflated in all; raise it");
}

TEST(VisitFiles, StopsAtTooManyLayers) {
  const TemporaryFolder folder;
  std::string packed = archive(Format::kZip, {{"1.json", "one"}});
  for (int layer = 2; layer <= 5; ++layer) {
    packed = archive(Format::kZip, {{fmt::format("{}.zip", layer), packed}});
    const auto file = folder.write("deep.zip", packed);
    const auto found = seen(file, 2);
    if (layer <= 4) {
      EXPECT_EQ(found.files.size(), 1u) << found.error;
    } else {
      EXPECT_EQ(found.error, file.string() +
                                 ":5.zip:4.zip:3.zip:2.zip is packed more than 4 times over; unpack the outer archive "
                                 "and name the folder");
    }
  }
}

TEST(VisitFiles, TruncatedAndDamagedArchivesAreErrorsOrGiveWholeFiles) {
  const TemporaryFolder folder;
  const Texts texts{{"1.json", text('a', 3000)}, {"2.json", text('k', 4000)}, {"3.json", text('q', 500)}};
  const std::vector<std::pair<std::string, std::string>> archives{
      {"a.zip", archive(Format::kZip, members_of(texts))},
      {"a.tar", archive(Format::kTar, members_of(texts))},
      {"a.tar.gz", archive(Format::kTarGzip, members_of(texts))},
      {"a.tar.zst", archive(Format::kTarZstd, members_of(texts))},
      {"a.json.gz", gzip(text('a', 3000))}};
  for (const auto& [name, bytes] : archives) {
    for (std::size_t i = 0; i < 200; ++i) {
      const auto size = bytes.size() * i / 200;
      const auto found = seen(folder.write(name, bytes.substr(0, size)), i % 2 == 0 ? 1 : 3);
      // Nothing is said only where the cut lies inside what marks the end.
      if (found.error.empty() && found.files != texts && !found.files.empty() && found.files[0].first != name) {
        EXPECT_EQ(found.left_out.of("archive without the mark at its end, perhaps truncated"), 1)
            << name << ' ' << size;
      }
      for (const auto& file : found.files) {
        if (file.first == name) continue;  // a few bytes that are no archive any more
        EXPECT_NE(std::find(texts.begin(), texts.end(), file), texts.end()) << name << ' ' << size;
      }
    }
  }
  // A bit turned anywhere in what gzip compressed is noticed.
  const auto& gzipped = archives[2].second;
  for (std::size_t at = 10; at < gzipped.size(); at += 7) {
    auto damaged = gzipped;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_NE(seen(folder.write("a.tar.gz", damaged), 2).error, "") << at;
  }
}

TEST(VisitFiles, SaysInPlainWordsWhatIsWrongWithWhichMember) {
  const TemporaryFolder folder;
  std::string mixed(800000, '\0');  // so much that does not shrink that each filter gives its first bytes before a cut
  std::mt19937 random(7);
  for (auto& byte : mixed) byte = static_cast<char>(random());
  const auto fault = [&](const std::string& bytes) {
    const auto file = folder.write("packed", bytes);
    const auto error = seen(file).error, start = "cannot read " + file.string();
    EXPECT_EQ(error.find(start), 0u) << error;
    return error.substr(std::min(start.size(), error.size()));
  };
  const auto whole = [&](Format format) { return archive(format, {{"1.json", "one"}, {"2.json", mixed}}); };
  const auto cut = [&](Format format) {
    const auto bytes = whole(format);
    return fault(bytes.substr(0, bytes.size() * 3 / 4));
  };
  const std::string damaged = ":2.json: its compressed bytes are damaged or end too early (",
                    truncated = ":2.json: the bytes end too early; the file is truncated (";
  EXPECT_EQ(cut(Format::kTar), truncated + "Truncated tar archive)");
  EXPECT_EQ(cut(Format::kTarZstd), truncated + "Truncated zstd input)");
  EXPECT_EQ(cut(Format::kTarBzip2),  // it is one block, so that not even the first member's name was unpacked
            ": the bytes end too early; the file is truncated (truncated bzip2 input)");
  EXPECT_EQ(cut(Format::kTarXz), damaged + "Lzma library error:  No progress is possible)");
  EXPECT_EQ(cut(Format::kZip), damaged + "ZIP decompression failed (-5))");
  EXPECT_EQ(fault(whole(Format::kEncryptedZip)), ":1.json: it is encrypted: unpack it first");
  auto flipped = whole(Format::kStoredZip);
  flipped[flipped.size() / 2] ^= 1;
  const auto checksum = fault(flipped);
  EXPECT_EQ(checksum.find(":2.json: the checksum does not agree; the file is damaged (ZIP bad CRC: "), 0u) << checksum;
  auto broken = archive(Format::kZip, {{"1.json", text('a')}});
  for (std::size_t at = 80; at < 100; ++at) broken[at] = '\xff';
  const auto inflating = fault(broken);
  EXPECT_EQ(inflating.find(":1.json: its compressed bytes are damaged or end too early (ZIP decompression failed"), 0u)
      << inflating;
}

TEST(VisitFiles, ThrowsTheFailureThatComesFirst) {
  const TemporaryFolder folder;
  std::vector<Member> members;
  for (int i = 0; i < 40; ++i) members.push_back({fmt::format("{:02}.json", i), text('a', 100 + 1000 * (40 - i) % 7)});
  for (const auto format : {Format::kZip, Format::kTarGzip}) {
    const auto file = folder.write("many", archive(format, members));
    for (int repeat = 0; repeat < 20; ++repeat) {
      BytesRead bytes;
      std::string error;
      try {
        visit_files_in_parallel(file, {".json"}, bytes, {4}, [&](const FileVisit& visit, ByteSource& source) {
          packing::text_of(source);
          if (visit.name >= "07.json") throw Error("{}", visit.name);
        });
      } catch (const Error& thrown) {
        error = thrown.what();
      }
      EXPECT_EQ(error, "07.json");
    }
  }
}

TEST(VisitFiles, AVisitNeedNotReadToTheEnd) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.tar.gz", archive(Format::kTarGzip, members_of(kTree)));
  for (const int threads : {1, 2}) {
    BytesRead bytes;
    std::vector<std::string> names;
    visit_files_in_parallel(file, {".json"}, bytes, {threads}, [&](const FileVisit& visit, ByteSource& source) {
      char first;
      source.read(&first, 1);
      names.push_back(visit.name);
    });
    EXPECT_EQ(names, (std::vector<std::string>{"Meet/1.json", "Zoom/2.json", "Zoom/sub/3.json"}));
    EXPECT_EQ(bytes.done, std::filesystem::file_size(file));
    EXPECT_EQ(bytes.total, bytes.done);
  }
}

TEST(VisitFiles, TheSimpleFormVisitsInOrder) {
  const TemporaryFolder folder;
  folder.write("b.pcap", "b");
  folder.write("a/c.pcapng.gz", gzip("c"));
  folder.write("a/d.json", "d");
  BytesRead bytes;
  Texts found;
  visit_files(folder.path, {".pcap", ".pcapng"}, bytes,
              [&](const std::string& name, ByteSource& source) { found.emplace_back(name, packing::text_of(source)); });
  EXPECT_EQ(found, (Texts{{"a/c.pcapng.gz", "c"}, {"b.pcap", "b"}}));
  EXPECT_EQ(seen(folder.path, 1, {}, {".csv", ".txt"}).error,
            "no .csv or .txt file in " + folder.path.string() + " or its folders");
}

TEST(VisitFiles, AVisitMayOutliveDamagedBytes) {
  const TemporaryFolder folder;
  auto damaged = gzip(text('a', 3'000'000));
  damaged[damaged.size() / 2] ^= 4;
  folder.write("1.json.gz", damaged);
  folder.write("2.json.gz", gzip(text('b')));
  std::vector<std::vector<std::string>> seen;
  for (const int threads : {1, 2, 5}) {
    BytesRead bytes;
    auto& said = seen.emplace_back();
    const auto visit = [&](const std::string& name, ByteSource& source) {
      try {
        said.push_back(name + packing::text_of(source));
      } catch (const Error& error) {
        said.push_back(name + error.what());
      }
    };
    visit_files(folder.path, {".json"}, bytes, visit, threads);
  }
  ASSERT_EQ(seen[0].size(), 2u);
  EXPECT_NE(seen[0][0].find("damaged"), std::string::npos) << seen[0][0];
  EXPECT_EQ(seen[0][1], "2.json.gz" + text('b'));
  EXPECT_EQ(seen[1], seen[0]);
  EXPECT_EQ(seen[2], seen[0]);
}

}  // namespace
}  // namespace morgana::files
