using ImageBackend.Testing;

namespace ImageBackend.Architecture.Tests;

public sealed class RepositoryTests
{
    private static readonly string[] Projects =
    [
        .. new[] { "src", "tests" }.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)),
    ];

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "ImageBackend.sln"));
        Projects.Select(Path.GetFileName).Where(name => !solution.Contains(name!, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Projects.Where(path => !File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "packages.lock.json"))).Should().BeEmpty();

    [Fact]
    public void No_lock_file_or_configuration_names_a_download_address() =>
        Projects.Select(path => Path.Combine(Path.GetDirectoryName(path)!, "packages.lock.json"))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.props"))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.config", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }))
            .Where(path => File.ReadAllText(path).Contains("://", StringComparison.Ordinal))
            .Should().BeEmpty();

    [Fact]
    public void Every_decision_is_in_the_index()
    {
        string folder = Path.Combine(Repository.Root, "docs", "adr");
        string index = File.ReadAllText(Path.Combine(folder, "README.md"));
        Directory.EnumerateFiles(folder, "0*.md").Select(Path.GetFileName).Where(name => !index.Contains(name!, StringComparison.Ordinal)).Should().BeEmpty();
    }
}
