using System.Xml.Linq;
using ImageBackend.Testing;

namespace ImageBackend.Architecture.Tests;

/// <summary>A project file: its name, and the projects and packages that it references.</summary>
internal sealed record Project(string Name, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    public static Project Parse(string name, string xml)
    {
        XDocument document = XDocument.Parse(xml);
        return new Project(
            name,
            [.. Includes("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            [.. Includes("PackageReference"), .. Includes("FrameworkReference")]);

        IEnumerable<string> Includes(string element) =>
            document.Descendants(element).Select(found => found.Attribute("Include")?.Value).OfType<string>();
    }

    public static IReadOnlyList<Project> OfRepository() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path))),
    ];
}
