using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>Takes from a worker what it never needs: all files except a few folders (Landlock), and all sockets (seccomp).</summary>
/// <remarks>
/// Both apply to the calling thread and whatever it starts, but a .NET process has several threads from its first moment. So the worker
/// confines its main thread and then executes itself again, which ends all other threads: see docs/adr/0005-worker-processes.md.
/// </remarks>
internal static partial class Confiner
{
    // linux/landlock.h; folder rights beyond version 1 came with the versions given.
    private const int CreateRuleset = 444;
    private const int AddRule = 445;
    private const int RestrictSelf = 446;
    private const ulong Execute = 1 << 0; // left open: a started process is as confined as its starter
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;
    private const ulong RemoveFile = 1 << 5;
    private const ulong MakeFile = 1 << 8;
    private const ulong AllOfVersion1 = (1 << 13) - 1;
    private const ulong Refer = 1 << 13; // version 2
    private const ulong Truncate = 1 << 14; // version 3
    private const ulong DeviceControl = 1 << 15; // version 5
    private const ulong Network = 3; // version 4: bind and connect TCP
    private const ulong Scopes = 3; // version 6: other processes' abstract sockets and signals

    private const int NoNewPrivileges = 38; // linux/prctl.h
    private const int SetSeccomp = 22;
    private const int SeccompFilter = 2;

    private const int OpenPath = 0x280000; // O_PATH | O_CLOEXEC

    /// <summary>Whether this kernel can restrict access to files.</summary>
    public static bool HasLandlock => OperatingSystem.IsLinux() && Version() >= 1;

    /// <summary>
    /// Restricts this thread as far as the kernel can, and executes this program again from it; returns only if that fails.
    /// </summary>
    /// <param name="workFolder">
    /// Files in it, at any depth, may be read, written, created and removed; links and folders may not be created.
    /// </param>
    /// <param name="lastArgument">Added to the arguments, to tell the new program.</param>
    public static void ExecuteConfined(string workFolder, string lastArgument)
    {
        if (!OperatingSystem.IsLinux() || PrctlNoNewPrivileges(NoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            return;
        }

        string program = Environment.ProcessPath!;
        CloseFiles(workFolder, program);
        CloseNetwork();
        string[] arguments = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
        _ = ExecuteProgram(program, [.. arguments, lastArgument, null]);
    }

    /// <returns>What is actually closed, tested from this thread, a new one and one of the pool.</returns>
    public static async Task<Confinement> TryAsync(string workFolder)
    {
        Confinement[] found = [TryHere(workFolder), OnNewThread(workFolder), await Task.Run(() => TryHere(workFolder))];
        return Confinement.None with { Files = found.All(one => one.Files), Network = found.All(one => one.Network) };
    }

    private static Confinement OnNewThread(string workFolder)
    {
        Confinement? found = null;
        Thread thread = new(() => found = TryHere(workFolder));
        thread.Start();
        thread.Join();
        return found!;
    }

    // The parent of the worker's own folder contains those of all others.
    private static Confinement TryHere(string workFolder) => new(
        IsClosed(() => Directory.GetFileSystemEntries("/"))
            && IsClosed(() => Directory.GetFileSystemEntries(Path.GetDirectoryName(workFolder)!))
            && IsClosed(() => File.OpenRead("/etc/passwd").Dispose()),
        IsClosed(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose())
            && IsClosed(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp).Dispose()),
        IsPreferredOomVictim: false);

    private static bool IsClosed(Action access)
    {
        try
        {
            access();
            return false;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or SocketException)
        {
            return true;
        }
    }

    private static void CloseFiles(string workFolder, string program)
    {
        long version = Version();
        if (version < 1)
        {
            return; // the kernel has no Landlock, or it is switched off
        }

        ulong rights = (AllOfVersion1 & ~Execute) | (version >= 2 ? Refer : 0) | (version >= 3 ? Truncate : 0) | (version >= 5 ? DeviceControl : 0);
        ulong[] attributes = [rights, version >= 4 ? Network : 0, version >= 6 ? Scopes : 0];
        int known = sizeof(ulong) * (version >= 6 ? 3 : version >= 4 ? 2 : 1);
        long ruleset;
        unsafe
        {
            fixed (ulong* pointer = attributes)
            {
                ruleset = Landlock(CreateRuleset, (nint)pointer, known, 0);
            }
        }

        if (ruleset < 0)
        {
            return;
        }

        foreach (string path in Readable(program))
        {
            Allow(ruleset, path, Directory.Exists(path) ? ReadFile | ReadFolder : ReadFile);
        }

        Allow(ruleset, "/dev/null", ReadFile | WriteFile);
        Allow(ruleset, workFolder, rights & (ReadFile | WriteFile | RemoveFile | MakeFile | Truncate));
        _ = Landlock(RestrictSelf, (nint)ruleset, 0, 0);
        _ = Close((int)ruleset);
    }

    private static long Version() => Landlock(CreateRuleset, 0, 0, 1);

    // The program with .NET, the system's libraries (and the folders of any loaded from elsewhere), fonts, and what .NET reads about
    // the machine.
    private static IEnumerable<string> Readable(string program)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        IEnumerable<string> loaded = File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains('/', StringComparison.Ordinal))
            .Select(line => Path.GetDirectoryName(line[line.IndexOf('/', StringComparison.Ordinal)..])!)
            .Where(folder => folder.Length > 1 && !folder.StartsWith("/dev", StringComparison.Ordinal) && !folder.StartsWith("/memfd", StringComparison.Ordinal));
        return new[]
        {
            AppContext.BaseDirectory, Path.GetDirectoryName(program)!, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime",
            "/var/cache/fontconfig", Path.Combine(home, ".fonts"), Path.Combine(home, ".local/share/fonts"), Path.Combine(home, ".cache/fontconfig"),
            Environment.GetEnvironmentVariable(ConversionSettings.HeicDecoderName) ?? "", "/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/sys/devices/system", "/sys/fs/cgroup", "/dev/urandom",
        }.Concat(loaded).Distinct().Where(Path.Exists);
    }

    private static unsafe void Allow(long ruleset, string path, ulong rights)
    {
        int file = Open(path, OpenPath);
        if (file < 0)
        {
            return;
        }

        // struct landlock_path_beneath_attr is packed.
        byte* rule = stackalloc byte[sizeof(ulong) + sizeof(int)];
        *(ulong*)rule = rights;
        *(int*)(rule + sizeof(ulong)) = file;
        _ = LandlockRule(AddRule, (int)ruleset, 1, (nint)rule, 0);
        _ = Close(file);
    }

    // A program for the kernel's packet filter over `struct seccomp_data`: in this machine's own system call table, socket() and
    // io_uring_setup() (which can open sockets too) answer "permission denied"; calls through another table end the process.
    private static unsafe void CloseNetwork()
    {
        (uint Machine, uint Socket)? calls = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (0xC000003E, 41u),
            Architecture.Arm64 => (0xC00000B7, 198u),
            _ => null,
        };
        if (calls is not { } own)
        {
            return;
        }

        const uint IoUringSetup = 425;
        const uint ForeignCalls = 0x40000000; // x32 on x86-64
        const ushort Load = 0x20;
        const ushort JumpIfEqual = 0x15;
        const ushort JumpIfAtLeast = 0x35;
        const ushort Answer = 0x06;
        const uint Allow = 0x7FFF0000;
        const uint Deny = 0x00050000 | 13; // EACCES
        const uint EndProcess = 0x80000000;
        Instruction* program = stackalloc Instruction[]
        {
            new(Load, 0, 0, 4), // architecture of the call
            new(JumpIfEqual, 0, 6, own.Machine),
            new(Load, 0, 0, 0), // number of the call
            new(JumpIfAtLeast, 4, 0, ForeignCalls),
            new(JumpIfEqual, 2, 0, own.Socket),
            new(JumpIfEqual, 1, 0, IoUringSetup),
            new(Answer, 0, 0, Allow),
            new(Answer, 0, 0, Deny),
            new(Answer, 0, 0, EndProcess),
        };
        Filter filter = new() { Length = 9, Program = program };
        _ = PrctlSeccomp(SetSeccomp, SeccompFilter, (nint)(&filter));
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Filter
    {
        public ushort Length;
        public Instruction* Program;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Landlock(long call, nint first, nint second, uint third);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long LandlockRule(long call, int ruleset, int kind, nint rule, uint flags);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrctlNoNewPrivileges(int option, ulong on, ulong third, ulong fourth, ulong fifth);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrctlSeccomp(int option, ulong mode, nint filter);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExecuteProgram(string path, string?[] arguments);
}
