using System.Reflection;
using ImageBackend.Application.Abstractions;
using ImageBackend.Cli;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Web.Http;

namespace ImageBackend.Architecture.Tests;

/// <summary>Arrows only point down: Web, Console and Decoder to Infrastructure to Application to Domain.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Domain"] = [],
        ["Application"] = ["Domain"],
        ["Infrastructure"] = ["Application", "Domain"],
        ["Web"] = ["Infrastructure", "Application", "Domain"],
        ["Console"] = ["Infrastructure", "Application", "Domain"],
        ["Decoder"] = ["Infrastructure"],
    };

    private static readonly string[] OfApplication =
        ["FluentValidation", "FluentValidation.DependencyInjectionExtensions", "MediatR", "Microsoft.Extensions.Hosting.Abstractions", "Scrutor"];

    // What only adapters and hosts may know about.
    private static readonly string[] OutsideOfApplication = ["NetVips", "AWSSDK", "Npgsql", "Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore", "Hangfire"];

    [Fact]
    public void Every_project_names_only_projects_of_lower_layers() =>
        Project.OfRepository().SelectMany(UpwardReferences).Should().BeEmpty();

    [Fact]
    public void A_planted_upward_reference_is_found() =>
        UpwardReferences(Project.Parse("Application", """<Project><ItemGroup><ProjectReference Include="../Infrastructure/Infrastructure.csproj" /></ItemGroup></Project>"""))
            .Should().ContainSingle().Which.Should().Be("Application -> Infrastructure");

    [Fact]
    public void The_hosts_do_not_know_each_other() =>
        UpwardReferences(Project.Parse("Web", """<Project><ItemGroup><ProjectReference Include="../Console/Console.csproj" /></ItemGroup></Project>"""))
            .Should().ContainSingle();

    [Fact]
    public void Every_layer_is_watched() =>
        Project.OfRepository().Select(project => project.Name).Should().BeEquivalentTo(Allowed.Keys);

    [Fact]
    public void Domain_and_Application_name_no_package_of_an_adapter() =>
        Project.OfRepository().SelectMany(ForeignPackages).Should().BeEmpty();

    [Theory]
    [InlineData("Domain", "FluentValidation")]
    [InlineData("Application", "NetVips")]
    [InlineData("Application", "AWSSDK.S3")]
    [InlineData("Application", "Azure.Storage.Blobs")]
    [InlineData("Application", "Microsoft.AspNetCore.App")]
    public void A_planted_package_is_found(string project, string package) =>
        ForeignPackages(Project.Parse(project, $"""<Project><ItemGroup><PackageReference Include="{package}" /></ItemGroup></Project>"""))
            .Should().ContainSingle();

    [Fact]
    public void Domain_is_compiled_against_the_framework_alone() =>
        ForeignAssemblies(typeof(ImageKey).Assembly).Should().BeEmpty();

    [Fact]
    public void Application_is_compiled_against_no_adapter() =>
        AdapterAssemblies(typeof(IImageStorage).Assembly).Should().BeEmpty();

    [Fact]
    public void Only_Web_is_compiled_against_ASP_NET() =>
        new[] { typeof(ImagingSettings).Assembly, typeof(ImagesCommand).Assembly }.SelectMany(WebAssemblies).Should().BeEmpty();

    [Fact]
    public void A_planted_assembly_is_found()
    {
        Assembly web = typeof(CrossOrigin).Assembly;
        ForeignAssemblies(web).Should().NotBeEmpty();
        AdapterAssemblies(web).Should().NotBeEmpty();
        WebAssemblies(web).Should().NotBeEmpty();
    }

    [Fact]
    public void The_console_program_is_called_images() => typeof(ImagesCommand).Assembly.GetName().Name.Should().Be("images");

    private static IEnumerable<string> UpwardReferences(Project project) =>
        project.Projects.Except(Allowed[project.Name]).Select(reference => $"{project.Name} -> {reference}");

    private static IEnumerable<string> ForeignPackages(Project project) => project.Name switch
    {
        "Domain" => project.Packages,
        "Application" => project.Packages.Except(OfApplication),
        _ => [],
    };

    // netstandard: the coverage tool adds it.
    private static IEnumerable<string> ForeignAssemblies(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "netstandard");

    private static IEnumerable<string> WebAssemblies(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static IEnumerable<string> AdapterAssemblies(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => OutsideOfApplication.Any(name.StartsWith));
}
