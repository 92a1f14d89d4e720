// SPDX-License-Identifier: Apache-2.0
#include "cache/store.hpp"

#include <array>

#include "cache/content.hpp"
#include "run_pipeline.hpp"

namespace morgana::host::testing {
namespace {

TEST(Sha256, KnownAnswers) {  // FIPS 180-4, examples
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(KeyMaterial, TextAndBack) {
  KeyMaterial material;
  material.add("parameter", "a", "tab\there\nand \\n");
  material.add("input", "", "");
  EXPECT_EQ(KeyMaterial::parse(material.text()).parts, material.parts);
}

TEST(KeyMaterial, FieldsDoNotRunIntoEachOther) {
  KeyMaterial one, two;
  one.add("a", "bc", "d");
  two.add("ab", "c", "d");
  EXPECT_NE(one.key(), two.key());
}

TEST(KeyMaterial, ChangesAreNamed) {
  KeyMaterial before, now;
  before.add("parameter", "packets", "10");
  before.add("input", "traces", "aa");
  before.add("device", "", "cpu");
  before.add("parameter", "gone", "1");
  now.add("parameter", "packets", "32");
  now.add("input", "traces", "bb");
  now.add("device", "", "cuda");
  now.add("parameter", "fresh", "1");
  EXPECT_EQ(changes(before, now), (std::vector<std::string>{"packets 10 -> 32", "input \"traces\" changed",
                                                            "device cpu -> cuda", "fresh is new", "gone is gone"}));
}

TEST(KeyMaterial, AnotherStageIsTheWholeChange) {
  KeyMaterial before, now;
  before.add("stage", "", "write.pcap");
  before.add("plugin", "", "1");
  before.add("parameter", "mss", "0");
  now.add("stage", "", "write.mirage");
  now.add("plugin", "", "2");
  now.add("parameter", "release", "2019");
  EXPECT_EQ(changes(before, now), std::vector<std::string>{"stage write.pcap -> write.mirage"});
}

class StoreTest : public ::testing::Test {
 protected:
  Entry make(const std::string& name, const std::string& text) {
    KeyMaterial material;
    material.add("stage", "", name);
    const auto key = material.key();
    const auto lock = store.try_lock(key);
    const auto built = store.begin(key);
    write_text(built / "out.json", text);
    Entry entry{key, name, {{"out", "out.json", text.size(), sha256_of(text)}}, {}, 1.5, 10, 5, 100, {"said so"}};
    store.commit(entry, material, "node");
    return entry;
  }
  TemporaryFolder folder;
  Store store{folder.path() / "cache"};
};

TEST_F(StoreTest, EntryIsFoundWithItsFacts) {
  const auto made = make("a", "{}");
  Store other(folder.path() / "cache");
  const auto found = other.find(made.key);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->outputs[0].sha256, sha256_of("{}"));
  EXPECT_EQ(found->seconds, 1.5);
  EXPECT_EQ(found->memory_growth, 5u);
  EXPECT_EQ(other.fault_of(*found, found->outputs[0]), "");
  EXPECT_FALSE(other.find(std::string(64, '0')));
}

TEST_F(StoreTest, NothingIsFoundOfAnUnfinishedEntry) {
  const auto key = sha256_of("x");
  write_text(store.begin(key) / "out.json", "half");
  EXPECT_FALSE(store.find(key));
  EXPECT_TRUE(std::filesystem::is_empty(store.begin(key) / "files")) << "what a killed run left is gone";
}

TEST_F(StoreTest, CheckpointsOfAFinishedEntryAreDroppedAndOthersKept) {
  const auto made = make("a", "{}");
  const auto finished = store.checkpoints(made.key), unfinished = store.checkpoints(std::string(64, '1'));
  Store other(folder.path() / "cache");
  EXPECT_FALSE(std::filesystem::exists(finished));
  EXPECT_TRUE(std::filesystem::exists(unfinished));
}

TEST_F(StoreTest, LockIsForOneAtATime) {
  auto first = store.try_lock("k");
  ASSERT_TRUE(first);
  EXPECT_FALSE(store.try_lock("k"));
  first.reset();
  EXPECT_TRUE(store.try_lock("k"));
}

TEST_F(StoreTest, VerifyFindsAndMendsWhatIsBroken) {
  const auto good = make("good", "{}"), bad = make("bad", "{}");
  const auto file = store.path_of(bad, bad.outputs[0]);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  write_text(file, "[]");
  const auto report = verify(store, true);
  EXPECT_EQ(report.read, 2u);
  ASSERT_EQ(report.broken.size(), 1u);
  EXPECT_EQ(report.broken[0].stage, "bad");
  EXPECT_TRUE(report.broken[0].removed);
  EXPECT_FALSE(store.find(bad.key));
  EXPECT_TRUE(store.find(good.key));
}

TEST_F(StoreTest, VerifyReadsTheRecordBesideTheValues) {
  const auto faults = [&] {
    std::vector<std::string> list;
    for (const auto& item : verify(store, false).broken) list.push_back(item.fault);
    return list;
  };
  const auto entry = make("a", "{}");
  const auto file = store.folder(entry.key) / "entry.json";
  const auto text = read_text(file);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  EXPECT_EQ(faults(), std::vector<std::string>{});
  for (const auto& [from, to, fault] : std::vector<std::array<std::string, 3>>{
           {text, "", "cannot read " + file.string() + ": it is empty"},
           {"\"bytes\": 2", "\"bytes\": 3", "entry.json lists other files than the index"},
           {"\"a\"\n", "\"b\"\n", "entry.json is of another entry"},
           {"\"seconds\": 1.5", "\"seconds\": []",
            file.string() + " is no cache entry: its contents are not as expected: "
                            "type must be number, but is array"}}) {
    auto damaged = text;
    const auto at = damaged.rfind(from);
    ASSERT_NE(at, std::string::npos) << from;
    write_text(file, damaged.replace(at, from.size(), to));
    EXPECT_EQ(faults(), std::vector<std::string>{fault});
  }
}

TEST_F(StoreTest, VerifyFindsWhatTheIndexCouldNotTakeIn) {
  const auto entry = make("a", "{}");
  std::filesystem::remove(store.folder(entry.key) / "entry.json");
  store.index().remove(entry.key);
  store.adopt_all();
  ASSERT_EQ(verify(store, true).broken.size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(store.folder(entry.key)));
}

TEST_F(StoreTest, VerifyLeavesWhatARunIsMaking) {
  const auto entry = make("a", "{}");
  std::filesystem::remove(store.path_of(entry, entry.outputs[0]));
  const auto lock = store.try_lock(entry.key);
  const auto report = verify(store, true);
  ASSERT_EQ(report.broken.size(), 1u);
  EXPECT_FALSE(report.broken[0].removed);
}

TEST_F(StoreTest, CleanKeepsWhatFits) {
  make("a", std::string(100, 'a'));
  const auto busy = make("b", std::string(100, 'b'));
  make("c", std::string(100, 'c'));
  const auto lock = store.try_lock(busy.key);
  const auto report = clean(store, std::nullopt, 0);
  EXPECT_EQ(report.removed, 2u);
  EXPECT_EQ(report.busy, 1u);
  EXPECT_EQ(report.kept_bytes, 100u);
  EXPECT_TRUE(store.find(busy.key));
}

TEST_F(StoreTest, WhatTheIndexDoesNotKnowIsAdopted) {
  const auto made = make("a", "{}");
  store.index().remove(made.key);  // as where the index was deleted
  EXPECT_TRUE(store.index().entries().empty());
  store.adopt_all();
  ASSERT_EQ(store.index().entries().size(), 1u);
  EXPECT_EQ(store.index().entries()[0].entry.key, made.key);
}

TEST_F(StoreTest, CleanKeepsThePastRunsValuesThatAreLeft) {
  const auto gone = make("a", "{}"), left = make("b", "{}");
  const auto set = store.link_set({{"a.out.json", gone.key, "out.json"}, {"b.out.json", left.key, "out.json"}});
  store.remove(gone.key);
  clean(store, std::nullopt, std::nullopt);
  EXPECT_EQ(read_text(set / "b.out.json"), "{}");
  store.remove(left.key);
  clean(store, std::nullopt, std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(set));
}

TEST_F(StoreTest, LinkSetLeadsToTheValues) {
  const auto made = make("a", "{}");
  const auto set = store.link_set({{"node.out.json", made.key, "out.json"}});
  EXPECT_EQ(read_text(set / "node.out.json"), "{}");
  EXPECT_EQ(store.link_set({{"node.out.json", made.key, "out.json"}}), set);
}

TEST(Content, FolderCountsNamesAndBytesBelowItButNotItsOwnName) {
  TemporaryFolder folder;
  for (const char* name : {"one", "two", "three"}) {
    write_text(folder.path() / name / "a/b.txt", "text");
    write_text(folder.path() / name / "c.txt", "more");
  }
  write_text(folder.path() / "three/c.txt", "less");
  EXPECT_EQ(content_of(folder.path() / "one").sha256, content_of(folder.path() / "two").sha256);
  EXPECT_NE(content_of(folder.path() / "one").sha256, content_of(folder.path() / "three").sha256);
  EXPECT_EQ(content_of(folder.path() / "one").bytes, 8u);
}

/// Writes into a file without replacing it, and gives it back the time it had.
void change_in_secret(const std::filesystem::path& file, std::streamoff at, const std::string& text) {
  const auto time = std::filesystem::last_write_time(file);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(at) << text;
  stream.close();
  std::filesystem::last_write_time(file, time);
}

TEST(Content, UnchangedFileIsNotReadAgain) {
  TemporaryFolder folder;
  Index index(folder.path() / "index.sqlite");
  const auto file = folder.path() / "data";
  constexpr std::size_t kBytes = 200'000;  // between the first two of the blocks that are looked at: 5,000
  write_text(file, std::string(kBytes, 'a'));
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(file, old);
  const auto hash = content_of(file, index).sha256;
  change_in_secret(file, 5'000, "b");
  EXPECT_EQ(content_of(file, index).sha256, hash);
  std::filesystem::last_write_time(file, old + std::chrono::seconds(1));
  EXPECT_EQ(content_of(file, index).sha256,
            sha256_of(std::string(5'000, 'a') + "b" + std::string(kBytes - 5'001, 'a')));
}

TEST(Content, FileChangedInPlaceWithItsTimeSetBackIsReadAgain) {
  TemporaryFolder folder;
  Index index(folder.path() / "index.sqlite");
  for (const std::size_t bytes : {std::size_t{3}, std::size_t{65'536}, std::size_t{65'537}, std::size_t{1'000'000}}) {
    const auto file = folder.path() / std::to_string(bytes);
    write_text(file, std::string(bytes, 'a'));
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    auto text = std::string(bytes, 'a');
    EXPECT_EQ(content_of(file, index).sha256, sha256_of(text));
    for (const std::size_t at : {std::size_t{0}, bytes - 1}) {
      change_in_secret(file, static_cast<std::streamoff>(at), "b");
      text[at] = 'b';
      EXPECT_EQ(content_of(file, index).sha256, sha256_of(text)) << bytes << " bytes, changed at " << at;
    }
  }
}

}  // namespace
}  // namespace morgana::host::testing
