using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The predecessors' faults in the parts that exist here: each has a test that it is not repeated, marked by its number.</summary>
public sealed partial class FaultRowsTests
{
    public static TheoryData<string> Built =>
    [
        "c2c-1", "c2c-2", "c2c-3", "c2c-4", "c2c-5", "c2c-7", "c2c-8", "c2c-9", "c2c-10", "c2c-11", "c2c-12", "c2c-13", "c2c-14", "c2c-15", "c2c-16", "c2c-17", "c2c-18", "c2c-19", "c2c-20", "c2c-22",
        "c2c-23", "c2c-24", "v6-1", "v6-2", "v6-3", "v6-4", "v6-5", "v6-6", "v6-7", "v6-8", "v6-9", "v6-10", "v6-11", "v6-12",
    ];

    [Theory]
    [MemberData(nameof(Built))]
    public void Have_a_test(string fault) => Marked().Should().Contain(fault);

    private static HashSet<string> Marked() =>
    [
        .. Directory.EnumerateFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Mark().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups["fault"].Value),
    ];

    [GeneratedRegex("""\[Trait\("fault", "(?<fault>[a-z0-9-]+)"\)\]""")]
    private static partial Regex Mark();
}
