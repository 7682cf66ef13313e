using System.Globalization;
using ImageBackend.Testing;
using k8s.Models;

namespace ImageBackend.Build.Tests.Kubernetes;

/// <summary>The manifests of build/kubernetes, as they are and as they are rendered together.</summary>
public sealed class KustomizationTests
{
    public static TheoryData<string> Folders => [.. Manifests.Folders];

    /// <summary>What a site may put together: a resource, and components.</summary>
    public static TheoryData<string, string[]> Sites => new()
    {
        { "base", [] },
        { "base", ["service-monitor"] },
        { "base", ["local-folders"] },
        { "base", ["local-folders", "service-monitor"] },
        { "jobs/resize", [] },
        { "jobs/migrate", [] },
        { "workers", [] },
        { "jobs/resize", ["local-folders"] },
        { "jobs/migrate", ["local-folders"] },
    };

    [Fact]
    public void Every_folder_is_a_kustomization() =>
        Directory.EnumerateFiles(Manifests.Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Manifests.Root, Path.GetDirectoryName(file)!)).Distinct()
            .Should().BeEquivalentTo(Manifests.Folders).And.Contain(["base", "jobs/resize", "jobs/migrate"]);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_file_is_listed_and_every_listed_file_exists(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Manifests.Root, folder)).Select(Path.GetFileName).Where(name => name != "kustomization.yaml")
            .Should().BeEquivalentTo([.. Manifests.Listed(folder, "resources"), .. Manifests.Listed(folder, "patches")]);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_resource_has_the_types_of_the_API(string folder) => Manifests.OfFolder(folder).Objects.Should().HaveCount(Manifests.Listed(folder, "resources").Length);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_patch_has_the_types_of_the_API(string folder)
    {
        foreach (string patch in Manifests.Listed(folder, "patches"))
        {
            string[] lines = [.. File.ReadLines(Path.Combine(Manifests.Root, folder, patch)).Where(line => !line.TrimStart().StartsWith("$patch:", StringComparison.Ordinal))];

            Manifests.Parse(string.Join('\n', lines)).Objects.Should().ContainSingle();
        }
    }

    [Theory]
    [InlineData("base")]
    [InlineData("jobs/resize")]
    [InlineData("jobs/migrate")]
    [InlineData("workers")]
    public void What_belongs_together_fits(string folder) => Rules.Problems(Manifests.OfFolder(folder)).ToArray().Should().BeEmpty();

    [Theory]
    [InlineData("path: /health/ready", "path: /ping", "a probe does not ask for /health/ready")]
    [InlineData("path: /health/ready\n              port: http", "path: /health/ready\n              port: http-metrics", "a probe does not ask for /health/ready")]
    [InlineData("containerPort: 8080", "containerPort: 8000", "the service listens on other ports")]
    [InlineData("prometheus.io/port: \"8081\"", "prometheus.io/port: \"8080\"", "Prometheus scrapes something else")]
    [InlineData("targetPort: http-metrics", "targetPort: metrics", "the Service has a port that the container does not have")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    [InlineData("drop: [ALL]", "drop: [CHOWN]", "more rights than it needs")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "more rights than it needs")]
    [InlineData("enableServiceLinks: false", "enableServiceLinks: true", "the variables of services")]
    [InlineData("mountPath: /images/temp", "mountPath: /tmp", "/images/temp is not an emptyDir")]
    [InlineData("terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 35", "killed before it has stopped")]
    [InlineData("component: clean\n        spec:", "component: service\n        spec:", "the Service does not select the service's pods alone")]
    [InlineData("component: service\n      annotations", "component: web\n      annotations", "does not select its own pods")]
    [InlineData("STORE_ENDPOINT", "OTHER_ENDPOINT", "OTHER_ENDPOINT is not a setting")]
    [InlineData("INCOMING_BUCKET", "INCOMING_BUCKETS", "INCOMING_BUCKETS is not a setting")]
    public void A_planted_mistake_is_found(string right, string wrong, string problem)
    {
        string text = string.Join("\n---\n", Manifests.Listed("base", "resources").Select(file => File.ReadAllText(Path.Combine(Manifests.Root, "base", file))));
        text.Should().Contain(right);

        Rules.Problems(Manifests.Parse(text.Replace(right, wrong, StringComparison.Ordinal))).Should().Contain(found => found.Contains(problem));
    }

    [Fact]
    public void A_planted_field_that_the_API_does_not_have_is_found()
    {
        string text = File.ReadAllText(Path.Combine(Manifests.Root, "base", "deployment.yaml"));

        Action act = () => Manifests.Parse(text.Replace("periodSeconds:", "periodSecond:", StringComparison.Ordinal));

        act.Should().Throw<YamlDotNet.Core.YamlException>().WithMessage("*periodSecond*");
    }

    [NeedsProgramTheory("kubectl", "renders the manifests")]
    [MemberData(nameof(Sites))]
    public async Task What_is_rendered_together_fits(string resource, string[] components) => Rules.Problems(await RenderAsync(resource, components)).ToArray().Should().BeEmpty();

    [NeedsProgramTheory("kubectl", "renders the manifests")]
    [InlineData("base")]
    [InlineData("jobs/resize")]
    public async Task Folders_are_on_one_volume_that_one_replica_has_at_a_time(string resource)
    {
        Manifests site = await RenderAsync(resource, "local-folders");

        site.Workloads.Should().ContainSingle().Which.Main.VolumeMounts.Should().Contain(mount => mount.MountPath == "/images/kept");
        site.The<V1PersistentVolumeClaim>().Spec.AccessModes.Should().Equal("ReadWriteOnce");
        if (resource == "base")
        {
            site.The<V1Deployment>().Spec.Should().Match<V1DeploymentSpec>(it => it.Replicas == 1 && it.Strategy.Type == "Recreate" && it.Strategy.RollingUpdate == null);
            IDictionary<string, string> variables = site.The<V1ConfigMap>().Data;
            string[] folders = [variables["INCOMING_FOLDER"], variables["ACTIVE_FOLDER"]];
            site.The<V1Deployment>().Spec.Template.Spec.InitContainers.Single().Command.Should().Equal(["mkdir", "-p", .. folders]);
            folders.Should().AllSatisfy(folder => folder.Should().StartWith("/images/kept/"));
            variables["STORAGE_BACKEND"].Should().Be("local");
        }
    }

    [NeedsProgramTheory("kubectl", "renders the manifests")]
    [InlineData("base")]
    public async Task An_overlay_names_the_image_everywhere(string resource)
    {
        Manifests site = await RenderAsync(resource, "local-folders");

        site.Workloads.SelectMany(workload => workload.Containers).Select(container => container.Image).Should().AllBe("registry.example.org/images:1.2.3").And.HaveCount(2);
    }

    [NeedsProgramTheory("kubectl", "renders the manifests")]
    [InlineData("operations.md")]
    public async Task The_overlay_of_the_page_is_rendered_as_it_stands_there(string page)
    {
        string overlay = File.ReadAllText(Repository.File("docs", page)).Split("```yaml\n")[1].Split("```")[0];

        Manifests site = await RenderAsync(overlay.Replace("../build/kubernetes", "{root}", StringComparison.Ordinal));

        Rules.Problems(site).ToArray().Should().BeEmpty();
        site.The<V1ConfigMap>().Data.Should().Contain("INCOMING_BUCKET", "my-site-incoming").And.Contain("STORAGE_BACKEND", "s3");
        site.The<V1Deployment>().Spec.Template.Spec.Containers.Single().Image.Should().Be("registry.example.org/images:1.2.3");
    }

    private static Task<Manifests> RenderAsync(string resource, params string[] components) => RenderAsync(string.Create(CultureInfo.InvariantCulture, $$"""
        resources: ["{root}/{{resource}}"]
        components: [{{string.Join(", ", components.Select(component => $"\"{{root}}/components/{component}\""))}}]
        images: [{name: image-backend, newName: registry.example.org/images, newTag: "1.2.3"}]
        """));

    private static async Task<Manifests> RenderAsync(string kustomization)
    {
        using TestFolder folder = new();
        string root = Path.GetRelativePath(folder.Path, Manifests.Root); // kustomize takes no other
        await File.WriteAllTextAsync(folder.PathOf("kustomization.yaml"), kustomization.Replace("{root}", root, StringComparison.Ordinal));
        Ended ended = await Script.RunAsync("kubectl", folder.Path, new Dictionary<string, string>(), "kustomize", folder.Path);
        ended.Code.Should().Be(0, ended.Errors);
        return Manifests.Parse(ended.Output);
    }
}
