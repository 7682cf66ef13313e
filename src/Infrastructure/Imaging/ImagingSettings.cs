using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging;

/// <param name="DecodeWorkers">Pictures decoded at a time, 1 to 256.</param>
public sealed record ImagingSettings(int DecodeWorkers)
{
    private const string EngineName = "IMAGING_ENGINE";

    private const long Mega = 1_000_000;

    // What the service and each idle worker take of the budget, measured as resident memory not shared with others. Decodes get the rest.
    private const long ServiceBytes = 160 * Mega;
    private const long WorkerBytes = 45 * Mega;

    // A photo of 24 megapixels; with less than that a worker would be useless.
    private const long MinForDecodes = 80 * Mega;

    /// <summary>The name of one of <see cref="KnownEngines"/>.</summary>
    public string Engine { get; init; } = KnownEngines.All[0].Name;

    /// <summary>As thumbnails' recipes name it: null for the default, since those of older versions name none.</summary>
    public string? EngineInRecipes => Engine == KnownEngines.All[0].Name ? null : Engine;

    /// <summary>Whether pictures are decoded in worker processes, rather than in this one.</summary>
    public bool IsIsolated { get; init; }

    public JobLimits Limits { get; init; } = JobLimits.Default;

    /// <summary>Memory that the service and its workers may take: bytes.</summary>
    public long MemoryBudget { get; init; } = 2_000_000_000;

    /// <summary>Memory that all running decodes may take: bytes.</summary>
    public long DecodeBudget => MemoryBudget - ServiceBytes - (DecodeWorkers * WorkerBytes);

    public Conversion Conversion { get; init; } = Conversion.None;

    /// <summary>The variables that determine what is made of pictures, so that workers read them as this process did.</summary>
    public IReadOnlyDictionary<string, string?> WorkerVariables { get; init; } = new Dictionary<string, string?>();

    /// <returns>Whether thumbnails can be made in a format.</returns>
    public bool Makes(ImageFormat format) => format.IsOfThumbnails && (format.IsUploaded || KnownEngines.Of(Engine).ModernFormats.Contains(format));

    /// <summary>Adds a mistake for every setting that the engine can't fulfil.</summary>
    internal void RefuseBeyondEngine(ThumbnailSet thumbnails, SettingsReader variables)
    {
        foreach (ImageFormat format in thumbnails.ModernFormats.Where(format => !Makes(format)))
        {
            variables.AddError($"GENERATE_{format.Extension.ToUpperInvariant()}", $"can't be 1 with {EngineName}={Engine}, which does not make {format.Extension.ToUpperInvariant()}");
        }

        if (!KnownEngines.Of(Engine).EncodesProgressiveJpeg && thumbnails.Specs.FirstOrDefault(spec => spec.IsInterlaced) is { } interlaced)
        {
            variables.AddError("RESIZING_CONFIG", $"{interlaced.Suffix} can't have -interlace with {EngineName}={Engine}, which writes no progressive JPEG");
        }
    }

    /// <returns>Whether drawings are accepted: if the setting says so, or says nothing and the engine reads them.</returns>
    internal bool ReadDrawings(SettingsReader variables)
    {
        const string Name = "SVG";
        bool wanted = variables.Choice(
            Name,
            ["sanitize", "reject"],
            "Drawings: `sanitize` accepts them, without scripts and references to anything outside; `reject` refuses them.") == "sanitize";
        bool canRead = KnownEngines.Of(Engine).Originals.Contains(ImageFormat.Svg);
        if (wanted && !canRead && variables.ValueOf(Name) is not null)
        {
            variables.AddError(Name, $"can't be sanitize with {EngineName}={Engine}, which reads no drawings");
        }

        return wanted && canRead;
    }

    internal static string ReadEngine(SettingsReader variables) => variables.Choice(
        EngineName,
        [.. KnownEngines.All.Select(engine => engine.Name)],
        "The library that decodes and encodes pictures: `libvips`; or `imagesharp`, which has no native code, takes 2.4 times the CPU time and more memory, and reads no drawings and no CMYK.");

    internal static ImagingSettings Read(SettingsReader variables)
    {
        long memory = MachineMemory.ContainerLimit() is { } limit ? limit * 8 / 10 : MachineMemory.Total() / 2;
        long budget = Mega * variables.Number(
            "MEMORY_BUDGET_MB",
            Math.Max(memory / Mega, 1),
            1,
            1_000_000,
            "Memory in MB for the service with its workers: beyond it pictures wait, or are refused.",
            shownDefault: "80 % of the container's limit, or half of the machine's memory");
        int workers = variables.Number(
            "DECODE_WORKERS",
            (int)Math.Clamp((budget - ServiceBytes - MinForDecodes) / WorkerBytes, 1, Environment.ProcessorCount),
            1,
            256,
            "Pictures decoded at a time.",
            shownDefault: "the number of cores, or fewer as memory allows");
        ImagingSettings settings = new(workers)
        {
            Engine = ReadEngine(variables),
            IsIsolated = variables.Choice("IMAGING_ISOLATION", ["process", "none"], "Where pictures are decoded: in worker processes (`process`), or in the service itself (`none`, for tests: no limit on time, and a fault of a decoder ends the service).") == "process",
            Limits = JobLimits.Read(variables),
            MemoryBudget = budget,
            WorkerVariables = ResizingConfig.Variables.Concat(ConversionSettings.Variables).Concat(JobLimits.Variables).Append(EngineName).ToDictionary(name => name, variables.ValueOf),
        };
        if (settings.DecodeBudget < MinForDecodes)
        {
            variables.AddError(
                "MEMORY_BUDGET_MB",
                $"{budget / Mega} MB is too little for {workers} workers; set it to {(ServiceBytes + MinForDecodes + (workers * WorkerBytes)) / Mega} or more, or lower DECODE_WORKERS");
        }

        return settings with { Conversion = ConversionSettings.Read(variables, settings.Engine, settings.Limits) };
    }
}
