using ImageBackend.Testing;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace ImageBackend.Build.Tests.Kubernetes;

/// <summary>The objects of some manifests, by the API's own types; a field that these don't have is an exception.</summary>
internal sealed class Manifests
{
    private static readonly Dictionary<string, Type> OtherKinds = new() { ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor) };

    private Manifests(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects) => Objects = objects;

    public static string Root { get; } = Repository.File("build", "kubernetes");

    /// <summary>Every folder with a kustomization, relative to <see cref="Root"/>.</summary>
    public static IReadOnlyList<string> Folders { get; } =
        [.. Directory.EnumerateFiles(Root, "kustomization.yaml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public IEnumerable<Workload> Workloads => Objects.Select(Workload.Of).OfType<Workload>();

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public T The<T>() => All<T>().Single();

    /// <summary>The resources of one folder, as they are in its files.</summary>
    public static Manifests OfFolder(string folder) =>
        new([.. Listed(folder, "resources").SelectMany(file => Parse(File.ReadAllText(Path.Combine(Root, folder, file))).Objects)]);

    public static Manifests Parse(string text) =>
        new([.. KubernetesYaml.LoadAllFromString(text, OtherKinds, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    /// <returns>Names of files in a kustomization's list `resources` or `patches`.</returns>
    public static string[] Listed(string folder, string list)
    {
        YamlStream yaml = new();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(Root, folder, "kustomization.yaml"))));
        YamlMappingNode kustomization = (YamlMappingNode)yaml.Documents[0].RootNode;
        return kustomization.Children.TryGetValue(new YamlScalarNode(list), out YamlNode? found)
            ? [.. ((YamlSequenceNode)found).Select(one => (one is YamlMappingNode ? one["path"] : one).ToString())]
            : [];
    }
}

/// <summary>Something that makes pods.</summary>
internal sealed record Workload(string Name, V1PodTemplateSpec Template, V1JobSpec? Job)
{
    public V1PodSpec Pod => Template.Spec;

    public V1Container Main => Pod.Containers.Single();

    public IEnumerable<V1Container> Containers => [.. Pod.InitContainers ?? [], .. Pod.Containers];

    public static Workload? Of(IKubernetesObject<V1ObjectMeta> one) => one switch
    {
        V1Deployment deployment => new(deployment.Name(), deployment.Spec.Template, null),
        V1CronJob cron => new(cron.Name(), cron.Spec.JobTemplate.Spec.Template, cron.Spec.JobTemplate.Spec),
        V1Job job => new(job.Name(), job.Spec.Template, job.Spec),
        _ => null,
    };
}
