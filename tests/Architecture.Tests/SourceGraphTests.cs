using Xunit.Abstractions;

namespace ImageBackend.Architecture.Tests;

/// <summary>
/// Neither folders nor files use each other in a circle, so a part can be read without its users. Folders are printed, for `make proof
/// TOPIC=house`.
/// </summary>
public sealed class SourceGraphTests(ITestOutputHelper output)
{
    private static readonly Lazy<SourceGraph> Sources = new(SourceGraph.OfRepository);

    [Fact]
    public void No_folder_is_used_by_one_that_it_uses()
    {
        foreach ((string folder, IReadOnlySet<string> used) in Sources.Value.Folders.OrderBy(folder => folder.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"arrow | {folder} | {string.Join(", ", used.Order(StringComparer.Ordinal))}");
        }

        string.Join('\n', CyclesOf(Sources.Value.Folders)).Should().BeEmpty();
    }

    [Fact]
    public void No_file_is_used_by_one_that_it_uses() => string.Join('\n', CyclesOf(Sources.Value.Files)).Should().BeEmpty();

    [Fact]
    public void No_folder_of_the_repository_is_left_out() =>
        Sources.Value.Folders.Keys.Should().Contain(["Domain", "Application/Images/Upload", "Infrastructure/Storage/S3/Setup", "Web/Endpoints", "Console/Batches"]);

    [Fact]
    public void What_a_file_uses_is_found_however_it_is_named()
    {
        SourceGraph graph = SourceGraph.Of(
        [
            ("A/Used.cs", "namespace A; public class Used { public const int One = 1; } public static class Added { public static int Two(this int i) => 2 * i; }"),
            ("A/By/Type.cs", "namespace A.By; class Type { Used? used; }"),
            ("A/By/New.cs", "namespace A.By; class New { object made = Make(new()); static object Make(Used used) => used; }"),
            ("B/Constant.cs", "namespace B; class Constant { int one = A.Used.One; }"),
            ("B/Extension.cs", "using A; namespace B; class Extension { int two = 1.Two(); }"),
            ("B/Comment.cs", "using A; namespace B; /// <summary><see cref=\"Used\"/></summary>\nclass Comment;"),
        ]);

        graph.Files.Where(file => file.Value.Contains("A/Used.cs")).Select(file => file.Key)
            .Should().BeEquivalentTo("A/By/Type.cs", "A/By/New.cs", "B/Constant.cs", "B/Extension.cs");
        graph.Folders["A/By"].Should().Equal("A");
        CyclesOf(graph.Folders).Should().BeEmpty();
    }

    [Fact]
    public void A_planted_circle_is_found_over_a_third_folder()
    {
        SourceGraph graph = SourceGraph.Of(
        [
            ("A/One.cs", "namespace A; public class One { B.Two? two; }"),
            ("B/Two.cs", "namespace B; public class Two { C.Three? three; }"),
            ("C/Three.cs", "namespace C; public class Three { A.One? one; }"),
            ("D/Four.cs", "namespace D; public class Four { A.One? one; }"),
        ]);

        CyclesOf(graph.Folders).Should().Equal("A -> B, B -> C, C -> A");
        CyclesOf(graph.Files).Should().Equal("A/One.cs -> B/Two.cs, B/Two.cs -> C/Three.cs, C/Three.cs -> A/One.cs");
    }

    private static IEnumerable<string> CyclesOf(IReadOnlyDictionary<string, IReadOnlySet<string>> graph) =>
        SourceGraph.Cycles(graph).Select(cycle => string.Join(
            ", ", cycle.SelectMany(one => graph[one].Where(cycle.Contains).Order(StringComparer.Ordinal).Select(other => $"{one} -> {other}"))));
}
