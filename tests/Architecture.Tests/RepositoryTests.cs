using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Architecture.Tests;

/// <summary>Each rule over the repository's files also finds a planted violation.</summary>
public sealed partial class RepositoryTests
{
    // What somebody else's restore or build would use.
    private static readonly string[] Configurations = ["packages.lock.json", ".csproj", ".props", ".targets", ".config", "global.json", ".sln", ".yml"];

    private static readonly string[] Files =
    [
        .. Directory.EnumerateFiles(Repository.Root)
            .Concat(new[] { "build", "docs", "src", "tests" }.SelectMany(folder =>
                Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories)))
            .Where(path => !MadeByBuild().IsMatch(Path.GetRelativePath(Repository.Root, path))),
    ];

    private static readonly Lazy<(string Path, string Text)[]> Sources = new(() =>
        [.. Files.Where(path => path.StartsWith(Repository.File("tests"), StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal)).Select(path => (path.Replace('\\', '/'), File.ReadAllText(path)))]);

    private static readonly string[] Projects = [.. Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];

    [Fact]
    public void Every_project_is_in_the_solution() => NotIn(File.ReadAllText(Repository.File("ImageBackend.sln")), Projects).Should().BeEmpty();

    [Fact]
    public void A_planted_project_outside_of_the_solution_is_found() =>
        NotIn("""Project("x") = "Web", "src\Web\Web.csproj", "y" """, ["/r/src/Web/Web.csproj", "/r/src/Stray/Stray.csproj"]).Should().Equal("Stray.csproj");

    [Fact]
    public void Every_project_has_a_lock_file() => WithoutLockFile(Projects, Files).Should().BeEmpty();

    [Fact]
    public void A_planted_project_without_a_lock_file_is_found() =>
        WithoutLockFile(["/r/a/A.csproj", "/r/b/B.csproj"], ["/r/a/packages.lock.json"]).Should().Equal("/r/b/B.csproj");

    [Fact]
    public void No_lock_file_or_configuration_names_a_download_address() =>
        Files.Where(path => Configurations.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
            .Where(path => NamesAnAddress(File.ReadAllText(path)))
            .Should().BeEmpty();

    [Theory]
    [InlineData("""<add key="feed" value="https://feed.example/v3/index.json" />""")]
    [InlineData("<RestoreSources>http://127.0.0.1:5000/</RestoreSources>")]
    public void A_planted_download_address_is_found(string line) => NamesAnAddress(line).Should().BeTrue();

    [Fact]
    public void Nothing_in_the_code_is_left_for_later() =>
        Files.Where(path => path.StartsWith(Repository.File("src"), StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
            .Where(path => LeftForLater().IsMatch(File.ReadAllText(path)))
            .Should().BeEmpty();

    [Theory]
    [InlineData("// TODO: the rest")]
    [InlineData("throw new NotImplementedException();")]
    public void A_planted_mark_of_unfinished_work_is_found(string line) => LeftForLater().IsMatch(line).Should().BeTrue();

    [Fact]
    public void Every_decision_is_in_the_index() =>
        NotIn(File.ReadAllText(Repository.File("docs", "adr", "README.md")), Directory.GetFiles(Repository.File("docs", "adr"), "0*.md")).Should().BeEmpty();

    [Fact]
    public void Every_test_that_a_proof_names_is_there() =>
        File.ReadLines(Repository.File("build", "proofs", "faults.tsv")).Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split('\t')[2].Split(' ')).Where(IsMissing)
            .Should().BeEmpty();

    [Theory]
    [InlineData("Architecture.Tests/NoSuchTests")]
    [InlineData("Web.Tests/RepositoryTests")]
    [InlineData("Architecture.Tests/RepositoryTests.No_such_fact")]
    public void A_planted_test_that_is_not_there_is_found(string name) => IsMissing(name).Should().BeTrue();

    // project/class or project/class.method; the method may be of a contract that the class inherits.
    private static bool IsMissing(string test)
    {
        string[] parts = test.Split('/', '.'); // Web.Tests/Class.Method
        string project = Repository.File("tests", $"{parts[0]}.{parts[1]}") + '/';
        return !Sources.Value.Any(source => source.Path.StartsWith(project, StringComparison.Ordinal) && Regex.IsMatch(source.Text, $@"class {parts[2]}\b"))
            || (parts.Length > 3 && !Sources.Value.Any(source => source.Text.Contains($" {parts[3]}(", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> NotIn(string index, IEnumerable<string> paths) =>
        paths.Select(path => Path.GetFileName(path)).Where(name => !index.Contains(name, StringComparison.Ordinal));

    private static IEnumerable<string> WithoutLockFile(IEnumerable<string> projects, string[] files) =>
        projects.Where(path => !files.Contains(Path.Combine(Path.GetDirectoryName(path)!, "packages.lock.json")));

    // A name without a dot is one of docker-compose.yml's own services.
    private static bool NamesAnAddress(string text) => AddressOutside().IsMatch(text);

    [GeneratedRegex(@"://[^/\s]*\.")]
    private static partial Regex AddressOutside();

    [GeneratedRegex("(^|/)(bin|obj|node_modules)/")]
    private static partial Regex MadeByBuild();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex LeftForLater();
}
