using ImageBackend.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ImageBackend.Architecture.Tests;

/// <summary>
/// Which source file uses a type declared in which other one, as the compiler resolves it (constants and <c>nameof</c> included, comments
/// not).
/// </summary>
internal sealed class SourceGraph
{
    private SourceGraph(IReadOnlyDictionary<string, IReadOnlySet<string>> files) => Files = files;

    /// <summary>The files that each file uses; paths relative to src/, with forward slashes.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Files { get; }

    /// <summary>The folders that each folder's own files use; a nested folder counts as a separate one.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Folders => Files
        .GroupBy(file => FolderOf(file.Key))
        .ToDictionary(
            folder => folder.Key,
            IReadOnlySet<string> (folder) => folder.SelectMany(file => file.Value).Select(FolderOf).Where(used => used != folder.Key).ToHashSet());

    public static SourceGraph OfRepository() => Of(FilesOfRepository());

    /// <returns>Path and text of each source file under src/, without build output.</returns>
    public static IEnumerable<(string Path, string Text)> FilesOfRepository()
    {
        string sources = Path.Combine(Repository.Root, "src");
        return Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: Path.GetRelativePath(sources, path).Replace('\\', '/'), Text: File.ReadAllText(path)))
            .Where(file => !file.Path.Split('/').Any(part => part is "bin" or "obj"));
    }

    /// <param name="files">Path and text of each. Generated sources are missing; everything else is resolved all the same.</param>
    public static SourceGraph Of(IEnumerable<(string Path, string Text)> files)
    {
        // The implicit usings of all projects.
        SyntaxTree[] trees =
        [
            CSharpSyntaxTree.ParseText("""
                global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
                global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
                global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
                global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection;
                global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
                """),
            .. files.Select(file => CSharpSyntaxTree.ParseText(file.Text, path: file.Path)),
        ];
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sources",
            trees,
            assemblies.Where(path => !IsOurs(Path.GetFileName(path))).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        return new SourceGraph(trees.Skip(1).ToDictionary(tree => tree.FilePath, IReadOnlySet<string> (tree) => Uses(compilation.GetSemanticModel(tree))));
    }

    /// <returns>Groups of nodes that all reach each other; none if there is no cycle.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Cycles(IReadOnlyDictionary<string, IReadOnlySet<string>> graph)
    {
        Dictionary<string, HashSet<string>> reached = graph.Keys.ToDictionary(node => node, Reached);
        return
        [
            .. graph.Keys.Where(node => reached[node].Contains(node))
                .GroupBy(node => string.Join('\n', reached[node].Where(other => reached[other].Contains(node)).Order(StringComparer.Ordinal)))
                .Select(group => group.Order(StringComparer.Ordinal).ToArray()),
        ];

        HashSet<string> Reached(string node)
        {
            HashSet<string> all = [];
            Queue<string> next = new(graph[node]);
            while (next.TryDequeue(out string? one))
            {
                if (all.Add(one))
                {
                    foreach (string used in graph[one])
                    {
                        next.Enqueue(used);
                    }
                }
            }

            return all;
        }
    }

    private static string FolderOf(string path) => path[..path.LastIndexOf('/')];

    private static bool IsOurs(string assembly) => assembly.StartsWith("ImageBackend.", StringComparison.Ordinal) || assembly == "images.dll";

    private static HashSet<string> Uses(SemanticModel model) =>
    [
        .. model.SyntaxTree.GetRoot().DescendantNodes(node => node is not UsingDirectiveSyntax)
            .Where(node => node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax)
            .Select(node => model.GetSymbolInfo(node).Symbol)
            .Where(symbol => symbol is not (null or INamespaceSymbol or ILocalSymbol or IParameterSymbol))
            .SelectMany(symbol => (symbol as INamedTypeSymbol ?? symbol!.ContainingType)?.Locations ?? [])
            .Select(location => location.SourceTree?.FilePath)
            .OfType<string>()
            .Where(path => path != model.SyntaxTree.FilePath),
    ];
}
