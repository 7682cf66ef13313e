using System.Diagnostics;

namespace ImageBackend.Testing;

/// <summary>A fact that needs its own file system, which only root may mount.</summary>
internal sealed class FactThatMountsAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMount = new(() =>
    {
        using TempFolder folder = new();
        try
        {
            using SmallDisk disk = new(folder.Path, "64k");
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    public FactThatMountsAttribute() => Skip = WhySkipped;

    /// <summary>Null: it is not skipped.</summary>
    public static string? WhySkipped =>
        CanMount.Value ? null : "mounting a small disk is not allowed here: run as root, in a container with --cap-add SYS_ADMIN";
}

/// <summary>A theory like <see cref="FactThatMountsAttribute"/>.</summary>
internal sealed class TheoryThatMountsAttribute : TheoryAttribute
{
    public TheoryThatMountsAttribute() => Skip = FactThatMountsAttribute.WhySkipped;
}

/// <summary>A small in-memory disk that is soon full, mounted over a folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    /// <param name="options">Further ones of `mount`, each after a comma.</param>
    public SmallDisk(string path, string size, string options = "")
    {
        _path = path;
        Run("mount", "-t", "tmpfs", "-o", $"size={size}{options}", "tmpfs", path);
    }

    public void Dispose() => Run("umount", "--lazy", _path);

    internal static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {error}");
        }
    }
}

/// <summary>A folder or file that is also visible elsewhere.</summary>
internal sealed class BindMount : IDisposable
{
    private readonly string _path;

    public BindMount(string source, string path)
    {
        _path = path;
        SmallDisk.Run("mount", "--bind", source, path);
    }

    public void Dispose() => SmallDisk.Run("umount", "--lazy", _path);
}
