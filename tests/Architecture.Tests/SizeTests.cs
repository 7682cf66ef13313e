using ImageBackend.Application.Abstractions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit.Abstractions;

namespace ImageBackend.Architecture.Tests;

/// <summary>Whatever is read as one unit fits on one screen. The results are printed, for `make proof TOPIC=house`.</summary>
public sealed class SizeTests(ITestOutputHelper output)
{
    private const int MaxLines = 60;
    private const int MaxParameters = 7;
    private const int MaxMembersOfStorage = 8;

    private static readonly Lazy<(string Path, SyntaxNode Root)[]> Sources = new(() =>
        [.. SourceGraph.FilesOfRepository().Select(file => (file.Path, CSharpSyntaxTree.ParseText(file.Text).GetRoot()))]);

    [Fact]
    public void No_method_is_longer_than_a_screen() => Report("method, lines", MethodsOf).Where(found => found.Size > MaxLines).Should().BeEmpty();

    [Fact]
    public void No_method_and_no_class_takes_more_than_a_handful() =>
        Report("parameters", ParametersOf).Where(found => found.Size > MaxParameters).Should().BeEmpty();

    [Fact]
    public void The_storages_port_is_small() =>
        Report("port, members", root => Declared<InterfaceDeclarationSyntax>(root).Select(port => (port.Identifier.Text, port.Members.Count)))
            .Should().Contain(found => found.Name.EndsWith(nameof(IImageStorage), StringComparison.Ordinal))
            .Which.Size.Should().BeLessThanOrEqualTo(MaxMembersOfStorage);

    [Fact]
    public void The_largest_files_are_told() => Report("file, lines", root => [("", LinesOf(root))]).Should().NotBeEmpty();

    [Fact]
    public void Planted_ones_are_found()
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(
            $"class Wide(int a, int b, int c, int d, int e, int f, int g, int h) {{ void Long() {{ {new string('\n', MaxLines)} }} }} record Data(int a, int b, int c, int d, int e, int f, int g, int h);")
            .GetRoot();
        ParametersOf(root).Should().ContainSingle(found => found.Size > MaxParameters).Which.Name.Should().Be("Wide");
        MethodsOf(root).Should().ContainSingle(found => found.Size > MaxLines).Which.Name.Should().Be("Long");
    }

    private static IEnumerable<(string Name, int Size)> MethodsOf(SyntaxNode root) =>
        Declared<MethodDeclarationSyntax>(root).Select(method => (method.Identifier.Text, LinesOf(method)));

    // A record that holds settings or a message is a list of names; it is not called by position.
    private static IEnumerable<(string Name, int Size)> ParametersOf(SyntaxNode root) =>
    [
        .. Declared<BaseMethodDeclarationSyntax>(root).Select(method => (
            (method as MethodDeclarationSyntax)?.Identifier.Text ?? method.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Identifier.Text, method.ParameterList.Parameters.Count)),
        .. Declared<ClassDeclarationSyntax>(root).Select(type => (type.Identifier.Text, type.ParameterList?.Parameters.Count ?? 0)),
    ];

    private static IEnumerable<T> Declared<T>(SyntaxNode root)
        where T : SyntaxNode => root.DescendantNodes().OfType<T>();

    private static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private (string Name, int Size)[] Report(string what, Func<SyntaxNode, IEnumerable<(string Name, int Size)>> measure)
    {
        (string Name, int Size)[] all =
        [
            .. Sources.Value.SelectMany(source => measure(source.Root).Select(found => ($"{source.Path} {found.Name}".TrimEnd(), found.Size)))
                .OrderByDescending(found => found.Size),
        ];
        foreach ((string name, int size) in all.Take(5))
        {
            output.WriteLine($"size | {what} | {size} | {name}");
        }

        return all;
    }
}
